#![deny(warnings)]

use workflows::prelude::*;

#[event] struct Draft;
#[event] struct Review;
type Text = Draft;
type Printed = Stop<u32>;
type Begin = Start<String>;
#[derive(EventUnion)]
enum Outcome { Review(Review), Stop(Printed) }
type Verdict = Outcome;
type Written = std::result::Result<(Text, Vec<Review>), std::io::Error>;
type Opinion<E> = Result<Option<E>>;
struct Writer;

#[workflow(input = String, output = u32)]
impl Writer {
    #[step]
    async fn write(&self, _input: Begin) -> Written { Ok((Draft, vec![])) }
    #[step]
    async fn review(&self, _draft: Text) -> Opinion<Verdict> { Ok(Some(Review.into())) }
    #[step]
    async fn publish(&self, _review: Review) -> Printed { Stop(1) }
}

fn main() {
    drop(Writer.run(String::new()));
}
