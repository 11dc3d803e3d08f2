#![deny(warnings)]

use workflows::prelude::*;

#[event] struct Draft;
#[event] struct Review;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, event: OneOf![Start<String> | Draft]) -> OneOf![First = Draft | Review] {
        match event {
            WriteInput::Start(Start(_)) => First::Draft(Draft),
            WriteInput::Draft(Draft) => Review.into(),
        }
    }
    #[step]
    async fn review_all(&self, out: Emitter<OneOf![Draft | Review]>, _review: Review) -> OneOf![Draft | Stop<u32>] {
        out.send(Draft);
        out.send(ReviewAllEmits::from(Review).clone());
        ReviewAllOutput::Stop(Stop(1))
    }
}

fn helper(first: First) -> String {
    format!("{first:?}")
}

fn main() {
    drop(helper(Draft.into()));
    drop(Writer.run(String::new()));
}
