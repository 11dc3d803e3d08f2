use workflows::prelude::*;

#[event] struct Draft;
type Text = Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
    #[step]
    async fn review(&self, _draft: Text) -> Stop<u32> { Stop(1) }
}

fn main() {}
