use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>, _event: impl workflows::Event) -> Stop<u32> { Stop(1) }
}

fn main() {}
