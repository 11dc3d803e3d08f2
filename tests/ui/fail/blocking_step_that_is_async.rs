use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step(blocking)]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
