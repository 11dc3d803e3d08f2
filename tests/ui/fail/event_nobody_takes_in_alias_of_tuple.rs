use workflows::prelude::*;

#[event] struct Draft;
type Both = (Draft, Stop<u32>);
struct Writer;

#[workflow(output = u32)]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Both { (Draft, Stop(1)) }
}

fn main() {}
