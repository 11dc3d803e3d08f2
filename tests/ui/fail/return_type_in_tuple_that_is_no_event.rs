use workflows::prelude::*;

struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> (Draft, Stop<u32>) { (Draft, Stop(1)) }
}

fn main() {}
