use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> OneOf![Start<String> | Stop<u32>] { Stop(1).into() }
}

fn main() {}
