#![deny(warnings)]

mod events {
    use workflows::{EventUnion, Stop, event};

    #[event] pub struct Draft;
    #[event] pub struct Review;
    #[derive(Clone, Debug, EventUnion)]
    pub enum Text { Draft(Draft), Review(Review) }
    #[derive(EventUnion)]
    pub enum Outcome<T: workflows::Value> { Review(Review), Done(Stop<T>) }
}

use events::{Draft, Outcome, Review, Text};
use workflows::prelude::*;

struct Writer;

#[workflow(output = u32)]
impl Writer {
    #[step]
    async fn write(&self, out: Emitter<Text>, _input: Start<String>) -> Vec<Text> {
        out.send(Review);
        out.send(Text::Draft(Draft));
        vec![Draft.into(), Review.into()]
    }
    #[step]
    async fn review(&self, _text: Text) -> Result<Outcome<u32>> { Ok(Stop(1).into()) }
}

fn main() {
    drop(Writer.run(String::new()));
    let _ = |review: Review| Outcome::<u32>::Review(review);
}
