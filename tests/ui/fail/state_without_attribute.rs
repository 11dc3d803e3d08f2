use workflows::prelude::*;

struct Rounds { count: u32 }
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _ctx: Context<Rounds>, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
