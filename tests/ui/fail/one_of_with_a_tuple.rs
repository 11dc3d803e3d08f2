use workflows::prelude::*;

#[event] struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> OneOf![(Draft, Draft) | Stop<u32>] { Stop(1).into() }
}

fn main() {}
