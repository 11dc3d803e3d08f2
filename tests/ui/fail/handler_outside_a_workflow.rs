use workflows::prelude::*;

struct Writer;

impl Writer {
    #[catch_error]
    async fn recover(&self, _failed: StepFailed) -> Stop<u32> { Stop(0) }
}

fn main() {}
