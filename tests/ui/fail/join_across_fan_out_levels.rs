use workflows::prelude::*;

#[event] struct Draft;
#[event] struct Chapter;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> (Draft, Vec<Chapter>) { (Draft, vec![]) }
    #[step]
    async fn bind(&self, _draft: Draft, _chapter: Chapter) -> Stop<u32> { Stop(1) }
}

fn main() {}
