use workflows::prelude::*;

#[event] struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _event: OneOf![Start<String>, Draft]) -> (Draft, Stop<u32>) { (Draft, Stop(1)) }
}

fn main() {}
