use workflows::prelude::*;

#[event(humanresponse)] struct Answer;
struct Writer;

#[workflow(time_out = "5s")]
impl Writer {
    #[step(spwan)]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
