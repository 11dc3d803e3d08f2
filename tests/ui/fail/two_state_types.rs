use workflows::prelude::*;

#[event] struct Draft;
#[state] struct Rounds { count: u32 }
#[state] struct Budget { left: u32 }
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _ctx: Context<Rounds>, _input: Start<String>) -> Draft { Draft }
    #[step]
    async fn review(&self, _ctx: Context<Budget>, _draft: Draft) -> Stop<u32> { Stop(1) }
}

fn main() {}
