use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, #[collect(take = 2)] _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
