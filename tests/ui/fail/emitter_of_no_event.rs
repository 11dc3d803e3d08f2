use workflows::prelude::*;

struct Progress;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _out: Emitter<Progress>, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
