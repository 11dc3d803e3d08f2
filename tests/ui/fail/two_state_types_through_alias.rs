use workflows::prelude::*;

#[event] struct Draft;
#[state] struct Rounds { count: u32 }
#[state] struct Budget { left: u32 }
type Shared = Budget;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _ctx: Context<Rounds>, _input: Start<String>) -> Draft { Draft }
    #[step]
    async fn review(&self, _ctx: Context<Shared>, _draft: Draft) -> Stop<u32> { Stop(1) }
}

fn main() {}
