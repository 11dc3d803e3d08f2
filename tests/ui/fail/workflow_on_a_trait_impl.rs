use workflows::prelude::*;

trait Write {
    async fn write(&self, input: Start<String>) -> Stop<u32>;
}
struct Writer;

#[workflow]
impl Write for Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
