use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> OneOf![Draft | Stop<u32>] { Stop(1).into() }
    #[step]
    async fn review(&self, _draft: Draft) -> Stop<u32> { Stop(1) }
}

fn main() {}
