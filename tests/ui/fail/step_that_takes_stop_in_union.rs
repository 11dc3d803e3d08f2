use workflows::prelude::*;

#[event] struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> (Draft, Stop<u32>) { (Draft, Stop(1)) }
    #[step]
    async fn review(&self, _end: OneOf![Draft | Stop<u32>]) {}
}

fn main() {}
