use workflows::prelude::*;

#[event] struct Draft;
#[derive(EventUnion)]
enum Outcome { Draft(Draft), Stop(Stop<String>) }
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Outcome { Draft.into() }
    #[step]
    async fn review(&self, _draft: Draft) -> Stop<u32> { Stop(1) }
}

fn main() {}
