//! Steps that wait for an answer in the middle of their work.

use workflows::prelude::*;

mod answers;
mod attempts;
mod crowds;
mod leftovers;
mod names;
mod offers;

#[event(input_required)]
#[derive(PartialEq)]
struct Question(String);

#[event(human_response)]
#[derive(PartialEq)]
struct Answer {
    to: String,
    text: String,
}

fn answer(to: &str, text: &str) -> Answer {
    let (to, text) = (to.to_owned(), text.to_owned());
    Answer { to, text }
}

/// The questions that a run asks, as its reader sees them.
async fn next_question(events: &mut workflows::EventStream) -> String {
    loop {
        let event = events.next().await.expect("the run asks");
        if let Some(Question(text)) = event.downcast_ref() {
            return text.clone();
        }
    }
}
