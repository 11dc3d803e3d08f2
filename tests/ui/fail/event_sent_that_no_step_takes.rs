use workflows::prelude::*;

#[event(human_response)] struct Answer;
#[event(human_response)] struct Other;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _human: Waiter<Answer>, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {
    let handle = Writer.run(String::new()).start();
    let _ = handle.send_event(Other);
}
