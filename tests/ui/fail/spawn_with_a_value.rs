use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step(spawn = true)]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
