//! Attempts that fail: the next one, the step's timeout, the handler, and what an attempt leaves behind.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where it unwraps, in its steps too"
)]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;
use workflows::{StepTimedOut, prelude::*};

const SECOND: Duration = Duration::from_secs(1);

#[event]
struct Work(u32);

#[event]
struct Done(u32);

#[derive(Debug, thiserror::Error)]
#[error("status {0}")]
struct Status(u16);

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

/// What an attempt leaves behind.
#[derive(Default)]
struct Careful {
    charges: AtomicU32,
}

#[state]
struct Ledger {
    at_once: u32,
    on_commit: u32,
}

#[workflow]
impl Careful {
    #[step(retry = Retry::immediately().max_attempts(3))]
    async fn work(
        &self,
        ctx: Context<Ledger>,
        out: Emitter<OneOf![Work | Done]>,
        _: Start<()>,
    ) -> Result<()> {
        out.send(Work(1));
        out.send_now(Done(1));
        ctx.store().edit_state(|ledger| ledger.at_once += 1).await?;
        ctx.edit_on_commit(|ledger| ledger.on_commit += 1);
        let charge = async || {
            self.charges.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Status>(77)
        };
        let receipt: u32 = ctx.once("charge", charge).await?;
        assert_eq!(receipt, 77);
        if ctx.attempt().number() < 3 {
            return Err("not yet".into());
        }
        out.send(Done(0));
        Ok(())
    }

    #[step]
    async fn end(&self, ctx: Context<Ledger>, Done(last): Done) -> Result<Option<Stop<Vec<u32>>>> {
        let count = ctx.store().edit_state(|ledger| ledger.at_once).await?;
        let commits = ctx.store().get_state().await?.on_commit;
        Ok((last == 0).then(|| Stop(vec![count, commits])))
    }

    #[step]
    async fn count(&self, ctx: Context<Ledger>, _: Work) -> Result<()> {
        ctx.store()
            .edit_state(|ledger| ledger.at_once += 100)
            .await?;
        Ok(())
    }
}

#[tokio::test]
async fn a_failed_attempt_leaves_only_what_was_to_take_effect_at_once() {
    let flow = Arc::new(Careful::default());
    // `Work` was sent three times and committed once; the state was edited at once three times, on commit once.
    assert_eq!(Arc::clone(&flow).run(()).await.unwrap(), [103, 1]);
    assert_eq!(flow.charges.load(Ordering::SeqCst), 1);
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

/// Works on many events; a handler stands in for those that fail.
struct Recovering;

#[workflow]
impl Recovering {
    #[step]
    async fn open(&self, Start(count): Start<u32>) -> Vec<Work> {
        (0..count).map(Work).collect()
    }

    #[step(retry = Retry::immediately().max_attempts(2))]
    async fn work(&self, Work(number): Work) -> Result<Done, Status> {
        if number % 2 == 1 {
            return Err(Status(500));
        }
        Ok(Done(number))
    }

    /// Stands in with a large number.
    #[catch_error(steps(work))]
    async fn recover(&self, failed: StepFailed) -> Result<Done> {
        let Some(Work(number)) = failed.event() else {
            return Err(failed.into_error().into());
        };
        assert_eq!(
            (failed.error().step(), failed.error().attempts()),
            ("work", 2)
        );
        assert_eq!(failed.events::<Work>().count(), 1);
        Ok(Done(100 + number))
    }

    #[step]
    async fn end(&self, done: Vec<Done>) -> Result<Stop<Vec<u32>>> {
        if done.is_empty() {
            return Err("nothing to do".into());
        }
        Ok(Stop(done.into_iter().map(|Done(number)| number).collect()))
    }

    #[catch_error]
    async fn last_resort(&self, ctx: Context, failed: StepFailed) -> Stop<Vec<u32>> {
        assert_eq!(
            (failed.error().step(), ctx.step_name()),
            ("end", "last_resort")
        );
        Stop(vec![])
    }
}

#[tokio::test]
async fn a_handler_stands_in_for_what_failed_for_good() {
    assert_eq!(Recovering.run(4).await.unwrap(), [0, 101, 2, 103]);
}

#[tokio::test]
async fn a_handler_without_names_takes_the_failures_that_are_left() {
    assert!(Recovering.run(0).await.unwrap().is_empty());
}

/// Comes back to the step that fails, as often as it is allowed to.
struct Stubborn;

#[workflow]
impl Stubborn {
    #[step]
    async fn begin(&self, _: Start<()>) -> Work {
        Work(0)
    }

    #[step]
    async fn work(&self, Work(number): Work) -> Result<Stop<u32>, Status> {
        Err(Status(number as u16))
    }

    #[catch_error(max_recoveries = 3)]
    async fn again(&self, failed: StepFailed) -> Option<Work> {
        failed.event().map(|Work(number)| Work(number + 1))
    }
}

#[tokio::test]
async fn a_lineage_that_was_recovered_too_often_fails() {
    let error = Stubborn.run(()).await.unwrap_err();
    let text = "step `work` failed on event `Work`: status 3";
    assert_eq!(error.to_string(), text);
}

/// Counts its turns until it is told to end.
#[derive(Default)]
struct Counter {
    turns: AtomicU32,
}

#[event(human_response)]
struct End;

#[workflow(allow(dead_end))]
impl Counter {
    #[step]
    async fn open(&self, _: Start<()>) -> Work {
        Work(0)
    }

    #[step]
    async fn turn(&self, ctx: Context, work: Work) -> Work {
        self.turns.fetch_add(1, Ordering::SeqCst);
        ctx.sleep(SECOND).await;
        work
    }

    #[step]
    async fn end(&self, _: End) -> Stop<()> {
        Stop(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_paused_run_stands_still_until_it_is_resumed() {
    let flow = Arc::new(Counter::default());
    let handle = Runner::new(Arc::clone(&flow)).run(()).start();
    tokio::time::sleep(10 * SECOND).await;
    handle.pause();
    tokio::time::sleep(2 * SECOND).await;
    let turns = flow.turns.load(Ordering::SeqCst);
    assert!(turns >= 10, "{turns}");
    tokio::time::sleep(100 * SECOND).await;
    assert_eq!(flow.turns.load(Ordering::SeqCst), turns);
    handle.resume();
    tokio::time::sleep(10 * SECOND).await;
    assert!(flow.turns.load(Ordering::SeqCst) >= turns + 9);
    handle.send_event(End).unwrap();
    handle.await.unwrap();
}
