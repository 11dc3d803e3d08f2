//! One attempt after the other, and the timeout of each.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::time::Instant;

use workflows::{StepTimedOut, prelude::*};

use crate::{SECOND, Status};

/// Fails until its attempt has this number.
struct Flaky {
    until: u32,
    seen: Mutex<Vec<String>>,
}

impl Flaky {
    fn new(until: u32) -> Arc<Self> {
        let seen = Mutex::default();
        Arc::new(Self { until, seen })
    }
}

#[workflow]
impl Flaky {
    #[step(retry = Retry::exponential(SECOND).max_attempts(4).when(|Status(code): &Status| *code >= 500))]
    async fn work(&self, ctx: Context, Start(code): Start<u16>) -> Result<Stop<u32>, Status> {
        let attempt = ctx.attempt();
        let last = attempt.last_error().map(ToString::to_string);
        let (number, elapsed) = (attempt.number(), attempt.elapsed());
        let seen = format!("{number} after {elapsed:?}: {}", last.unwrap_or_default());
        self.seen.lock().unwrap().push(seen);
        if number < self.until {
            return Err(Status(code));
        }
        Ok(Stop(number))
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_follows_another_after_the_delay_of_the_policy() {
    let flow = Flaky::new(4);
    let began = Instant::now();
    assert_eq!(Arc::clone(&flow).run(503).await.unwrap(), 4);
    assert_eq!(began.elapsed(), 7 * SECOND);
    let seen = [
        "1 after 0ns: ",
        "2 after 1s: status 503",
        "3 after 3s: status 503",
        "4 after 7s: status 503",
    ];
    assert_eq!(*flow.seen.lock().unwrap(), seen);
}

#[tokio::test(start_paused = true)]
async fn the_last_failure_tells_how_often_it_was_tried_and_for_how_long() {
    let RunError::Step(error) = Flaky::new(9).run(503).await.unwrap_err() else {
        panic!("the step failed");
    };
    assert_eq!((error.attempts(), error.elapsed()), (4, 7 * SECOND));
    let text = "step `work` failed 4 times on event `Start`: status 503";
    assert_eq!(error.to_string(), text);
}

#[tokio::test]
async fn an_error_that_the_policy_does_not_name_is_final() {
    let RunError::Step(error) = Flaky::new(9).run(404).await.unwrap_err() else {
        panic!("the step failed");
    };
    assert_eq!(error.attempts(), 1);
}

struct Slow;

#[workflow]
impl Slow {
    #[step(timeout = "2s", retry = Retry::fixed(SECOND).on::<StepTimedOut>())]
    async fn work(&self, ctx: Context, Start(mode): Start<String>) -> Result<Stop<u32>> {
        let number = ctx.attempt().number();
        if number < 3 {
            tokio::time::sleep(3 * SECOND).await;
        }
        if mode == "always" {
            std::future::pending::<()>().await;
        }
        Ok(Stop(number))
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_takes_too_long_fails_and_is_tried_again() {
    let began = Instant::now();
    assert_eq!(Slow.run("twice".to_owned()).await.unwrap(), 3);
    assert_eq!(began.elapsed(), 6 * SECOND);
    let RunError::Step(error) = Slow.run("always".to_owned()).await.unwrap_err() else {
        panic!("the step failed");
    };
    let timed_out = error.downcast_ref::<StepTimedOut>().unwrap();
    assert_eq!((timed_out.timeout, error.attempts()), (2 * SECOND, 3));
}

struct SlowElsewhere;

#[workflow]
impl SlowElsewhere {
    #[step(spawn, timeout = "2s")]
    async fn spawned(&self, Start(mode): Start<String>) -> Stop<()> {
        if mode == "spawn" {
            std::future::pending::<()>().await;
        }
        Stop(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_spawned_step_has_its_timeout_too() {
    let error = SlowElsewhere.run("spawn".to_owned()).await.unwrap_err();
    let text = "step `spawned` failed on event `Start`: the step took longer than 2s";
    assert_eq!(error.to_string(), text);
}

/// Works for a moment before and after it waits, for longer than it may work.
struct Patient;

#[workflow]
impl Patient {
    #[step(blocking, timeout = "300ms")]
    fn wait(&self, ctx: Context, Start(before): Start<bool>) -> Stop<()> {
        let nap = || std::thread::sleep(Duration::from_millis(50));
        if before {
            nap();
        }
        ctx.block_on(ctx.sleep(Duration::from_millis(400)));
        nap();
        Stop(())
    }
}

// In real time: the clock of a test does not stand still while something blocks.
#[tokio::test]
async fn the_time_in_which_a_blocking_step_waits_is_none_of_its_timeout() {
    Patient.run(true).await.unwrap();
    Patient.run(false).await.unwrap();
}
