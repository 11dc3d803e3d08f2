use workflows::prelude::*;

#[event] struct Draft;
#[event] struct Review;
#[derive(EventUnion)]
enum Text { Draft(Draft), Review(Review) }
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> OneOf![Text | Stop<u32>] { Stop(1).into() }
}

fn main() {}
