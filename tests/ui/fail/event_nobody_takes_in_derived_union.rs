use workflows::prelude::*;

#[event] struct Draft;
#[derive(EventUnion)]
enum Outcome { Draft(Draft), Stop(Stop<u32>) }
struct Writer;

#[workflow(output = u32)]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Outcome { Draft.into() }
}

fn main() {}
