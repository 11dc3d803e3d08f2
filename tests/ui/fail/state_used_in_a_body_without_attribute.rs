use workflows::prelude::*;

struct Rounds { count: u32 }
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, ctx: Context<Rounds>, _input: Start<String>) -> Result<Stop<u32>> {
        Ok(Stop(ctx.store().get_state().await?.count))
    }
}

fn main() {}
