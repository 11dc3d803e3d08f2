//! Handlers of failures.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use workflows::prelude::*;

use crate::{Done, SECOND, Status, Work};

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

/// The handler takes the place of a join, of a collection, or of nothing.
struct Witness;

#[event]
struct Other(u32);

#[workflow]
impl Witness {
    #[step]
    async fn open(&self, _: Start<()>) -> (Work, Other, Other, Vec<Done>) {
        (Work(1), Other(2), Other(3), vec![Done(4), Done(5), Done(6)])
    }

    #[step]
    async fn join(&self, _: Work, _: Other, _: Other) -> Result<Seen, Status> {
        Err(Status(1))
    }

    #[step]
    async fn check(&self, Done(n): Done) -> Result<Checked, Status> {
        if n == 5 {
            Err(Status(2))
        } else {
            Ok(Checked(n))
        }
    }

    /// Leaves its branch out.
    #[catch_error(steps(check))]
    async fn leave_out(&self, _: StepFailed) {}

    #[step]
    async fn collect(&self, _: Vec<Checked>) -> Result<Seen, Status> {
        Err(Status(3))
    }

    #[catch_error]
    async fn see(&self, failed: StepFailed) -> Seen {
        let mut seen: Vec<_> = failed.events().map(|Work(n)| *n).collect();
        seen.extend(failed.events().map(|Other(n)| *n));
        seen.extend(failed.events().map(|Checked(n)| *n));
        Seen(seen)
    }

    #[step]
    async fn end(&self, Seen(one): Seen, Seen(other): Seen) -> Stop<[Vec<u32>; 2]> {
        let mut both = [one, other];
        both.sort();
        Stop(both)
    }
}

#[event]
struct Checked(u32);
#[event]
struct Seen(Vec<u32>);

#[tokio::test]
async fn a_handler_sees_all_that_a_join_or_a_collection_ran_on() {
    let [joined, collected] = Witness.run(()).await.unwrap();
    assert_eq!(joined, [1, 2, 3]);
    // The branch whose handler returned nothing is left out.
    assert_eq!(collected, [4, 6]);
}

/// Counts how often its handler is asked.
#[derive(Default)]
struct Unasked {
    asked: AtomicU32,
}

#[workflow]
impl Unasked {
    #[step]
    async fn work(&self, Start(how): Start<String>) -> Result<Stop<()>, Status> {
        if how == "fail" {
            return Err(Status(4));
        }
        std::future::pending().await
    }

    #[catch_error]
    async fn recover(&self, _: StepFailed) -> Stop<()> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Stop(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_is_asked_about_failures_and_not_about_the_end_of_the_run() {
    let flow = Arc::new(Unasked::default());
    let runner = Runner::new(Arc::clone(&flow));
    let late = runner.run("wait".to_owned()).timeout(SECOND).await;
    assert!(matches!(late, Err(RunError::TimedOut { .. })));
    let handle = runner.run("wait".to_owned()).start();
    tokio::task::yield_now().await;
    handle.cancel();
    assert!(matches!(handle.await, Err(RunError::Cancelled { .. })));
    assert_eq!(flow.asked.load(Ordering::SeqCst), 0);
    runner.run("fail".to_owned()).await.unwrap();
    assert_eq!(flow.asked.load(Ordering::SeqCst), 1);
}

/// Its handler fails.
struct Helpless;

#[workflow]
impl Helpless {
    #[step]
    async fn work(&self, _: Start<()>) -> Result<Stop<()>, Status> {
        Err(Status(5))
    }

    #[catch_error(max_recoveries = 5)]
    async fn recover(&self, failed: StepFailed) -> Result<Stop<()>> {
        Err(failed.into_error().into())
    }
}

#[tokio::test]
async fn a_handler_that_fails_is_not_handled() {
    let RunError::Step(error) = Helpless.run(()).await.unwrap_err() else {
        panic!("the handler failed");
    };
    assert_eq!((error.step(), error.attempts()), ("recover", 1));
    assert!(format!("{error:?}").ends_with("step `work` failed on event `Start`: status 5"));
}
