use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write<E: workflows::Event>(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
