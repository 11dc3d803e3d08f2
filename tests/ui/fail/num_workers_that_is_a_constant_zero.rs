use workflows::prelude::*;

const WORKERS: u32 = 0;
struct Writer;

#[workflow]
impl Writer {
    #[step(num_workers = 2 * WORKERS)]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
