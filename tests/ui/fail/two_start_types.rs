use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
    #[step]
    async fn count(&self, _input: Start<u32>) -> Stop<u32> { Stop(1) }
}

fn main() {}
