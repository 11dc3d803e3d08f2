use workflows::prelude::*;

type Begin = Start<u32>;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
    #[step]
    async fn count(&self, _input: Begin) -> Stop<u32> { Stop(1) }
}

fn main() {}
