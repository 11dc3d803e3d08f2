use workflows::prelude::*;

struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> OneOf![Draft | Stop<u32>] { Stop(1).into() }
}

fn main() {}
