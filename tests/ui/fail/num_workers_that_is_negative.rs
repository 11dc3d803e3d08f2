use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step(num_workers = -1)]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
