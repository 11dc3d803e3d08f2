#![deny(warnings)]

use workflows::prelude::*;

#[event] struct Draft;
#[event] struct Review;
#[event] struct Lost;
#[event] struct Found;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> OneOf![Draft | Stop<u32>] { Draft.into() }
    #[step(allow(dead_end))]
    async fn review(&self, _draft: Draft) -> Draft { Draft }
    #[step(allow(unreachable))]
    async fn again(&self, _review: Review) -> OneOf![Review | Stop<u32>] { Review.into() }
    #[step(allow(unconsumed))]
    async fn lose(&self, _draft: Draft) -> Lost { Lost }
    #[step(allow(unproduced))]
    async fn find(&self, _found: Found) -> Stop<u32> { Stop(1) }
}

struct Editor;

#[workflow(allow(unreachable, dead_end, unconsumed, unproduced))]
impl Editor {
    #[step]
    async fn write(&self, _input: Start<String>) -> OneOf![Draft | Stop<u32>] { Draft.into() }
    #[step]
    async fn review(&self, _found: Found) -> Lost { Lost }
}

fn main() {
    drop(Writer.run(String::new()));
    drop(Editor.run(String::new()));
}
