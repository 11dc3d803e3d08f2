use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step(retry = std::time::Duration::from_secs(3))]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
