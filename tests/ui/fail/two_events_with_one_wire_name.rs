use workflows::prelude::*;

mod old {
    #[workflows::event] pub struct Draft;
}
#[event] struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> (Draft, old::Draft) { (Draft, old::Draft) }
    #[step]
    async fn review(&self, _draft: Draft) -> Stop<u32> { Stop(1) }
    #[step]
    async fn review_old(&self, _draft: old::Draft) -> Stop<u32> { Stop(1) }
}

fn main() {}
