use workflows::prelude::*;

#[event] struct Text;
#[event] struct Picture;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> (Vec<Text>, Vec<Picture>) { (vec![], vec![]) }
    #[step]
    async fn bind(&self, _texts: Vec<Text>, _pictures: Vec<Picture>) -> Stop<u32> { Stop(1) }
}

fn main() {}
