use workflows::prelude::*;

#[event] struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> OneOf![Stop<u32> | Draft] { Draft.into() }
}

fn main() {}
