use workflows::prelude::*;

struct Writer;

#[workflow(version = 20261121000000)]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
