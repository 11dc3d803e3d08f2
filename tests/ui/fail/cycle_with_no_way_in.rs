use workflows::prelude::*;

#[event] struct Draft;
#[event] struct Review;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn begin(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
    #[step]
    async fn write(&self, _review: Review) -> Draft { Draft }
    #[step]
    async fn review(&self, _draft: Draft) -> OneOf![Review | Stop<u32>] { Review.into() }
}

fn main() {}
