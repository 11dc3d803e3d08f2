use workflows::prelude::*;

#[event] struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn begin(&self, _input: Start<String>) -> OneOf![Draft | Stop<u32>] { Draft.into() }
    #[step]
    async fn review(&self, _draft: Draft) -> Option<Draft> { None }
}

fn main() {}
