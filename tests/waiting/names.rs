//! The names of waits.

use std::time::Duration;

use workflows::{WaitError, prelude::*};

use crate::{Answer, Question, answer, next_question};

#[event]
struct Item(u32);

#[event]
struct Reply(String);

/// Waits in each of its invocations under one name.
struct Namesakes;

#[workflow]
impl Namesakes {
    #[step]
    async fn open(&self, Start(count): Start<u32>) -> Vec<Item> {
        (0..count).map(Item).collect()
    }

    #[step]
    async fn ask(&self, human: Waiter<Answer>, Item(number): Item) -> Result<Reply> {
        let question = Question(number.to_string());
        let answer = human.wait().id("the only one").announce(question).await?;
        Ok(Reply(answer.text))
    }

    #[step]
    async fn end(&self, replies: Vec<Reply>) -> Stop<Vec<String>> {
        Stop(replies.into_iter().map(|Reply(text)| text).collect())
    }
}

#[tokio::test]
async fn invocations_may_give_their_waits_one_name() {
    let handle = Namesakes.run(3).start();
    let mut events = handle.stream_events();
    for number in 0..3 {
        assert_eq!(next_question(&mut events).await, number.to_string());
    }
    for text in ["a", "b", "c"] {
        handle.send_event(answer("", text)).unwrap();
    }
    assert_eq!(handle.await.unwrap(), ["a", "b", "c"]);
}

/// Uses one name more than once.
struct Forgetful;

#[workflow]
impl Forgetful {
    #[step]
    async fn ask(
        &self,
        human: Waiter<Answer>,
        Start(how): Start<String>,
    ) -> Result<Stop<Vec<String>>, WaitError> {
        let wait = || human.wait().id("again");
        let answers = match how.as_str() {
            "at once" => {
                let (one, other) = tokio::try_join!(wait(), wait())?;
                vec![one, other]
            }
            "in a row" => vec![wait().await?, wait().await?],
            // One that nobody waits for any more makes room for the next.
            _ => {
                let question = Question("again".to_owned());
                let given_up = wait().announce(question.clone());
                let second = Duration::from_secs(1);
                assert!(tokio::time::timeout(second, given_up).await.is_err());
                vec![wait().announce(question).await?]
            }
        };
        Ok(Stop(
            answers.into_iter().map(|answer| answer.text).collect(),
        ))
    }
}

#[tokio::test]
async fn two_waits_of_a_step_under_one_name_are_an_error() {
    for how in ["at once", "in a row"] {
        let handle = Forgetful.run(how.to_owned()).start();
        handle.send_event(answer("", "yes")).unwrap();
        let RunError::Step(error) = handle.await.unwrap_err() else {
            panic!("the step failed");
        };
        let id = "again".to_owned();
        assert_eq!(error.downcast_ref(), Some(&WaitError::SameId { id }));
        let text = "the step waits more than once under the name `again`: each wait needs its own";
        assert_eq!(error.cause().to_string(), text);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_was_given_up_is_made_again_under_its_name_and_asks_once() {
    let handle = Forgetful.run("given up".to_owned()).start();
    let mut events = handle.stream_events();
    assert_eq!(next_question(&mut events).await, "again");
    tokio::time::sleep(Duration::from_secs(2)).await;
    handle.send_event(answer("", "yes")).unwrap();
    assert_eq!(handle.await.unwrap(), ["yes"]);
    let end = events.next().await.expect("the end is published");
    assert_eq!(end.name(), "Stop");
}
