use workflows::prelude::*;

#[event] struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
    #[step]
    async fn collect(&self, _drafts: Vec<Draft>) -> Stop<u32> { Stop(1) }
}

fn main() {}
