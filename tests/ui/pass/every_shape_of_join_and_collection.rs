#![deny(warnings)]

use workflows::prelude::*;

#[event] struct Text;
#[event] struct Picture;
#[event] struct Page;
#[event] struct Chapter;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<u32>) -> (Text, Text, Picture, Vec<Page>) { (Text, Text, Picture, vec![]) }
    #[step]
    async fn join(&self, _one: Text, _other: Text, _picture: Picture) -> Option<Stop<u32>> { None }
    #[step]
    async fn split(&self, _page: Page) -> Result<Vec<OneOf![Text | Picture]>> { Ok(vec![]) }
    #[step]
    async fn first(&self, #[collect(take = 1)] pages: Vec<Page>) -> Chapter { drop(pages); Chapter }
    #[step]
    async fn close(&self, _chapter: Chapter) -> Stop<u32> { Stop(1) }
}

fn main() {
    drop(Writer.run(1));
}
