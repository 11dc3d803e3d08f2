use workflows::prelude::*;

#[event] struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Vec<Draft> { vec![] }
    #[step]
    async fn review(&self, #[collect(take = "two")] _drafts: Vec<Draft>) -> Stop<u32> { Stop(1) }
}

fn main() {}
