use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step(num_workers = 4, num_workers = 8)]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
