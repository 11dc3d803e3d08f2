use workflows::prelude::*;

#[event] struct Draft;
#[event] struct Review;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn begin(&self, _input: Start<String>) -> OneOf![Draft | Stop<u32>] { Draft.into() }
    #[step]
    async fn review(&self, _draft: Draft) -> Review { Review }
    #[step]
    async fn write(&self, _review: Review) -> Draft { Draft }
}

fn main() {}
