use workflows::prelude::*;

#[event] struct Draft;
#[event] struct Review;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Draft { Draft }
    #[step]
    async fn publish(&self, _draft: Draft, _review: Review) -> Stop<u32> { Stop(1) }
}

fn main() {}
