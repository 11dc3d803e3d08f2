use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
    #[catch_error(max_recoveries = "two")]
    async fn recover(&self, _failed: StepFailed) -> Stop<u32> { Stop(0) }
}

fn main() {}
