use workflows::prelude::*;

#[event(human_response)] struct Draft;
struct Writer;

#[workflow(input = String)]
impl Writer {
    #[step]
    async fn review(&self, _draft: Draft) -> Stop<u32> { Stop(1) }
}

fn main() {}
