use workflows::prelude::*;

#[event] struct Text;
#[event] struct Cover;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> (Vec<Text>, Cover) { (vec![], Cover) }
    #[step]
    async fn bind(&self, _texts: Vec<Text>, _cover: Cover) -> Stop<u32> { Stop(1) }
}

fn main() {}
