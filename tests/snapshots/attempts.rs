//! Attempts and handlers across a cut.

use std::time::Duration;

use tokio::time::Instant;
use workflows::prelude::*;

use crate::{MINUTE, cut};

#[derive(Debug, thiserror::Error)]
#[error("status {0}")]
struct Status(u16);

/// Fails at the first attempt, and tells what it knows in the second.
struct Flaky;

#[workflow]
impl Flaky {
    #[step(retry = Retry::fixed(MINUTE * 60).max_attempts(2))]
    async fn work(
        &self,
        ctx: Context,
        Start(how): Start<String>,
    ) -> Result<Stop<(u32, u32, Option<String>, Duration)>, Status> {
        let attempt = ctx.attempt();
        if attempt.number() == 1 {
            if how == "fail" {
                return Err(Status(503));
            }
            std::future::pending::<()>().await;
        }
        let last = attempt.last_error().map(ToString::to_string);
        Ok(Stop((
            attempt.failures(),
            attempt.interruptions(),
            last,
            attempt.elapsed(),
        )))
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_is_due_when_it_was_due_before_the_cut_and_knows_why_the_last_one_failed() {
    let handle = Flaky.run("fail".to_owned()).start();
    tokio::time::sleep(MINUTE * 10).await;
    let handle = cut(handle, Flaky).await;
    let began = Instant::now();
    let (failures, interruptions, last, elapsed) = handle.await.unwrap();
    assert_eq!(began.elapsed(), MINUTE * 50);
    assert_eq!((failures, interruptions), (1, 0));
    assert_eq!(last.as_deref(), Some("status 503"));
    assert_eq!(elapsed, MINUTE * 60);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_cut_off_has_not_failed() {
    let handle = Flaky.run("wait".to_owned()).start();
    tokio::time::sleep(MINUTE * 10).await;
    let handle = cut(handle, Flaky).await;
    let (failures, interruptions, last, elapsed) = handle.await.unwrap();
    assert_eq!((failures, interruptions, last), (0, 1, None));
    assert_eq!(elapsed, MINUTE * 10);
}

/// Comes back to the step that fails, as often as it is allowed to.
struct Stubborn;

#[event]
struct Try(u16);

#[workflow]
impl Stubborn {
    #[step]
    async fn begin(&self, _: Start<()>) -> Try {
        Try(0)
    }

    #[step]
    async fn work(&self, ctx: Context, Try(number): Try) -> Result<Stop<()>, Status> {
        ctx.sleep(MINUTE).await;
        Err(Status(number))
    }

    #[catch_error(max_recoveries = 3)]
    async fn again(&self, failed: StepFailed) -> Option<Try> {
        failed.event().map(|Try(number)| Try(number + 1))
    }
}

#[tokio::test(start_paused = true)]
async fn the_recoveries_of_a_lineage_are_counted_on_across_a_cut() {
    let handle = Stubborn.run(()).start();
    tokio::time::sleep(MINUTE * 5 / 2).await;
    let handle = cut(handle, Stubborn).await;
    let error = handle.await.unwrap_err();
    let text = "step `work` failed on event `Try`: status 3";
    assert_eq!(error.to_string(), text);
}
