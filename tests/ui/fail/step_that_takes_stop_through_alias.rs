use workflows::prelude::*;

type End = Stop<u32>;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
    #[step]
    async fn review(&self, _end: End) {}
}

fn main() {}
