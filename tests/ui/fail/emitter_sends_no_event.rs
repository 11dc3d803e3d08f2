use workflows::prelude::*;

struct Progress;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, out: Emitter<Progress>, _input: Start<String>) -> Stop<u32> {
        out.send(Progress);
        Stop(1)
    }
}

fn main() {}
