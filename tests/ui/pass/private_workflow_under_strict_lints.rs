#![deny(warnings, unreachable_pub, unused_qualifications, private_interfaces, private_bounds, missing_debug_implementations)]

use workflows::prelude::*;

#[event] struct Draft { text: String }
#[event] pub(crate) struct Review { score: u8 }
#[data] struct Book { pages: u32 }
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, Start(topic): Start<String>) -> Draft { Draft { text: topic } }
    #[step]
    async fn review(&self, draft: Draft) -> Result<OneOf![Review | Stop<Book>]> {
        Ok(Review { score: draft.text.len() as u8 }.into())
    }
    #[step]
    async fn publish(&self, review: Review) -> Stop<Book> { Stop(Book { pages: review.score.into() }) }
}

fn main() {
    drop(Writer.run(String::new()));
    let _ = |book: Book| book.pages;
}
