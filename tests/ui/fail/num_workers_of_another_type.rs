use workflows::prelude::*;

const WORKERS: usize = 4;
struct Writer;

#[workflow]
impl Writer {
    #[step(num_workers = WORKERS)]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
