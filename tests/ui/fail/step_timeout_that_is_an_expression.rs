use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step(timeout = Duration::from_secs(60))]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
