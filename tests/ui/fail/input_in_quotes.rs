use workflows::prelude::*;

struct Writer;

#[workflow(input = "String")]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
