use workflows::prelude::*;

#[event] struct Answer;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _human: Waiter<Answer>, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
