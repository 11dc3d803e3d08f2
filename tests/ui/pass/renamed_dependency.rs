#![deny(warnings)]

extern crate workflows as wf;

mod workflows {}

use wf::prelude::*;

#[event(crate = wf)] struct Draft { text: String }
#[event(name = "review", crate = ::wf)] struct Review;
#[data(crate = wf)] struct Book;
#[state(crate = wf)] struct Rounds { count: u32 }
#[derive(EventUnion)]
#[workflow(crate = wf)]
enum Choice { Draft(Draft), Review(Review) }
struct Writer;

#[workflow(crate = wf)]
impl Writer {
    #[step]
    async fn write(&self, _ctx: Context<Rounds>, _input: Start<String>) -> OneOf![Draft | Review] { Review.into() }
    #[step]
    async fn review(&self, _choice: Choice) -> Result<Stop<Book>> { Ok(Stop(Book)) }
}

fn main() {
    drop(Writer.run(String::new()));
    drop(Draft { text: String::new() }.text);
}
