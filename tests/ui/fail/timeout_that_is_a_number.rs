use workflows::prelude::*;

struct Writer;

#[workflow(timeout = 60)]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
