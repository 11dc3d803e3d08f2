use workflows::prelude::*;

struct Topic;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<Topic>) -> Stop<u32> { Stop(1) }
}

fn main() {}
