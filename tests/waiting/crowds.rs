//! Waits that are given up when their answer has come, and many waits of one step.

use std::time::Duration;

use futures_util::FutureExt;
use workflows::prelude::*;

use crate::{Answer, answer};

/// Gives up its waits when their answers have come, and then waits for all of them.
struct Fickle;

#[workflow]
impl Fickle {
    #[step]
    async fn ask(&self, human: Waiter<Answer>, Start(named): Start<bool>) -> Result<Stop<String>> {
        for _ in 0..3 {
            let wait = human.wait();
            let wait = if named { wait.id("again") } else { wait };
            let mut wait = Box::pin(wait);
            assert!((&mut wait).now_or_never().is_none());
            for _ in 0..4 {
                tokio::task::yield_now().await;
            }
        }
        let mut texts = String::new();
        for _ in 0..3 {
            texts += &human.wait().await?.text;
        }
        Ok(Stop(texts))
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_has_come_to_a_wait_that_is_given_up_is_there_for_the_next() {
    for named in [false, true] {
        let run = Fickle.run(named).timeout(Duration::from_secs(1)).start();
        for text in ["a", "b", "c"] {
            run.send_event(answer("", text)).unwrap();
            tokio::task::yield_now().await;
        }
        assert_eq!(run.await.unwrap(), "abc");
    }
}

/// Waits for one answer after another; `Start` says whether it looks at each of them.
struct Lasting;

#[workflow]
impl Lasting {
    #[step]
    async fn ask(&self, human: Waiter<Answer>, Start(choosy): Start<bool>) -> Result<Stop<u32>> {
        for number in 0..500 {
            let wait = human.wait();
            let wanted = number.to_string();
            let wait = if choosy {
                wait.matching(move |answer| answer.text == wanted)
            } else {
                wait
            };
            wait.await?;
        }
        Ok(Stop(500))
    }
}

#[tokio::test]
async fn many_answers_to_many_waits_of_one_step_take_no_longer_than_they_must() {
    for choosy in [false, true] {
        let run = Lasting.run(choosy).timeout(Duration::from_secs(10)).start();
        for number in (0..500).rev() {
            run.send_event(answer("", &number.to_string())).unwrap();
        }
        assert_eq!(run.await.unwrap(), 500);
    }
}
