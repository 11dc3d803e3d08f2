use workflows::prelude::*;

#[event(input_required)] struct Progress;
#[event(input_required)] struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, out: Emitter<Progress>, _input: Start<String>) -> Stop<u32> {
        out.send(Draft);
        Stop(1)
    }
}

fn main() {}
