use workflows::prelude::*;

#[event] struct Text;
#[event] struct Picture;
#[event] struct Cover;
#[derive(EventUnion)]
enum Page { Text(Text), Picture(Picture) }
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> (Text, Picture, Cover) { (Text, Picture, Cover) }
    #[step]
    async fn bind(&self, _cover: Cover, _page: Page) -> Stop<u32> { Stop(1) }
}

fn main() {}
