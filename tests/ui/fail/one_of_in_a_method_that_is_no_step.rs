use workflows::prelude::*;

#[event] struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
    fn helper(&self) -> OneOf![Draft | Stop<u32>] { Stop(1).into() }
}

fn main() {}
