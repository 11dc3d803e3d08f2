#![deny(warnings)]

use workflows::prelude::*;

#[event(input_required)] struct Question { text: String }
#[event(human_response)] struct Answer { text: String }
#[event(name = "progress", input_required)] struct Progress;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn ask(&self, out: Emitter<Progress>, Start(text): Start<String>) -> Question {
        out.send(Progress);
        Question { text }
    }
    #[step]
    async fn listen(&self, answer: Answer) -> Stop<String> { Stop(answer.text) }
}

fn main() {
    drop(Writer.run(String::new()));
    let _ = |question: Question| question.text;
}
