use workflows::prelude::*;

struct Writer;

#[workflow(crate = "my_name")]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
