use workflows::prelude::*;

#[event] struct Draft;
#[derive(EventUnion)]
enum Outcome { Draft(Draft), Stop(Stop<u32>) }
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _event: OneOf![Start<String> | Draft]) -> Outcome { Draft.into() }
}

fn main() {}
