use workflows::prelude::*;

#[event] struct Draft;
type Written = Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Written { Draft }
    #[step]
    async fn give_up(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
