use workflows::prelude::*;

#[event] struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Draft { Draft }
    #[step]
    async fn review(&self, _ctx: Context<Draft>, _draft: Draft) -> Stop<u32> { Stop(1) }
}

fn main() {}
