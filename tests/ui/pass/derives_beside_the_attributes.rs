#![deny(warnings)]

use workflows::prelude::*;

mod serde {
    pub use workflows::__private::serde::{Deserialize, Serialize};
}

#[event]
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
struct Draft { text: String }

#[event]
#[derive(Clone, Debug, PartialEq)]
enum Review { Good, Bad(#[serde(default)] u8) }

#[event]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(crate = "workflows::__private::serde", rename_all = "camelCase")]
struct Page { page_number: u32 }

#[data]
#[derive(PartialEq, Copy, Clone)]
struct Book { pages: u32 }

#[state]
#[derive(Clone, PartialEq)]
#[serde(default)]
struct Rounds { count: u32 }

struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _ctx: Context<Rounds>, _input: Start<String>) -> (Draft, Page, Review) {
        (Draft::default(), Page { page_number: 1 }, Review::Bad(1))
    }
    #[step]
    async fn bind(&self, draft: Draft, page: Page, review: Review) -> Stop<Book> {
        let pages = if draft == Draft::default() && review == Review::Good { page.page_number } else { 0 };
        Stop(Book { pages })
    }
}

fn main() {
    drop(Writer.run(String::new()));
    assert!(Book { pages: 1 } != Book { pages: 2 });
    assert!(Rounds::default() == Rounds { count: 0 });
}
