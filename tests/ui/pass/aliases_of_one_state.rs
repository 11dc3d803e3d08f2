#![deny(warnings)]

use workflows::prelude::*;

#[event] struct Draft;
#[state] struct Rounds { count: u32 }
type Shared = Rounds;
mod elsewhere {
    pub type Again = super::Rounds;
}
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, ctx: Context<Rounds>, _input: Start<String>) -> Result<Draft> {
        ctx.store().edit_state(|state| state.count += 1).await?;
        Ok(Draft)
    }
    #[step]
    async fn review(&self, _ctx: Context<Shared>, _draft: Draft) -> Option<Draft> { None }
    #[step]
    async fn publish(&self, _ctx: Context<elsewhere::Again>, _draft: Draft) -> Stop<u32> { Stop(1) }
}

struct Reader;

#[workflow]
impl Reader {
    #[step]
    async fn read(&self, _ctx: Context, _input: Start<String>) -> Option<Draft> { None }
    #[step]
    async fn close(&self, _ctx: Context<DictState>, _draft: Draft) -> Stop<u32> { Stop(1) }
}

fn main() {
    drop(Writer.run(String::new()));
    drop(Reader.run(String::new()));
}
