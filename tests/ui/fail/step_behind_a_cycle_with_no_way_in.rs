use workflows::prelude::*;

#[event] struct Draft;
#[event] struct Printed;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn begin(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
    #[step]
    async fn archive(&self, _printed: Printed) -> Stop<u32> { Stop(1) }
    #[step]
    async fn write(&self, _draft: Draft) -> (Draft, Printed) { (Draft, Printed) }
}

fn main() {}
