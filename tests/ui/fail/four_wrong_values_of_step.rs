use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step(num_workers = "4", timeout = 60, retry = 3, spwan)]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
