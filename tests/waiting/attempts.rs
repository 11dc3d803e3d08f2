//! Waits in steps that are tried again.

use std::time::Duration;

use tokio::time::Instant;
use workflows::{StreamEvent, WaitError, prelude::*};

use crate::{Answer, Question, answer, next_question};

const HOUR: Duration = Duration::from_secs(3600);

/// Fails twice after its answer has come; tells how often it was tried before and after that.
struct Doubtful;

#[workflow]
impl Doubtful {
    #[step(retry = Retry::fixed(HOUR))]
    async fn ask(
        &self,
        ctx: Context,
        human: Waiter<Answer>,
        _: Start<()>,
    ) -> Result<Stop<(String, u32)>> {
        let before = ctx.attempt().number();
        let answer = human.wait().announce(Question("sure?".to_owned())).await?;
        assert_eq!(ctx.attempt().number(), before);
        if before < 3 {
            return Err("let me think".into());
        }
        Ok(Stop((answer.text, before)))
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_serves_all_attempts_which_count_on_across_the_wait() {
    let handle = Doubtful.run(()).start();
    let mut events = handle.stream_events();
    assert_eq!(next_question(&mut events).await, "sure?");
    handle.send_event(answer("", "yes")).unwrap();
    assert_eq!(handle.await.unwrap(), ("yes".to_owned(), 3));
    let end = events.next().await.as_ref().map(StreamEvent::name);
    assert_eq!(end, Some("Stop"), "it does not ask again");
}

/// Waits for an hour at a time.
struct Hopeful;

#[workflow]
impl Hopeful {
    #[step(retry = Retry::fixed(HOUR).max_attempts(3).on::<WaitError>())]
    async fn ask(&self, human: Waiter<Answer>, _: Start<()>) -> Result<Stop<String>> {
        let wait = human.wait().announce(Question("anybody?".to_owned()));
        Ok(Stop(wait.timeout(HOUR).await?.text))
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_timed_out_is_a_failure_after_which_the_next_attempt_waits_anew() {
    let began = Instant::now();
    let RunError::Step(error) = Hopeful.run(()).await.unwrap_err() else {
        panic!("the step failed");
    };
    assert_eq!(error.attempts(), 3);
    assert!(matches!(
        error.downcast_ref(),
        Some(WaitError::TimedOut { .. })
    ));
    assert_eq!(began.elapsed(), 5 * HOUR);

    let handle = Hopeful.run(()).start();
    tokio::time::sleep(HOUR * 5 / 2).await;
    handle.send_event(answer("", "here")).unwrap();
    assert_eq!(handle.await.unwrap(), "here");
}
