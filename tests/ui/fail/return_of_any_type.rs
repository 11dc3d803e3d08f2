use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> impl workflows::StepOutput { Stop(1) }
    #[step]
    async fn give_up(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
