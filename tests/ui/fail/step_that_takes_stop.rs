use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
    #[step]
    async fn review(&self, _end: Stop<u32>) {}
}

fn main() {}
