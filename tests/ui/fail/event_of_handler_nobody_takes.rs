use workflows::prelude::*;

#[event] struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
    #[catch_error]
    async fn recover(&self, _failed: StepFailed) -> Draft { Draft }
}

fn main() {}
