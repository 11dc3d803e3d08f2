use workflows::prelude::*;

#[event] struct Text;
#[event] struct Picture;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Vec<OneOf![Text | Picture]> { vec![] }
    #[step]
    async fn bind(&self, _text: Text, _picture: Picture) -> Stop<u32> { Stop(1) }
}

fn main() {}
