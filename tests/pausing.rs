//! Runs that are paused, and go on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use workflows::prelude::*;

const SECOND: Duration = Duration::from_secs(1);

#[event]
struct Work(u32);

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

/// Two steps of a minute each, one after the other, with a question between them.
#[derive(Clone, Default)]
struct Slow {
    begun: Arc<AtomicU32>,
}

#[event]
struct Next;

#[event(human_response)]
struct Answer(u32);

#[workflow]
impl Slow {
    #[step]
    async fn first(&self, _: Start<()>) -> Next {
        self.begun.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(60 * SECOND).await;
        Next
    }

    #[step]
    async fn second(&self, human: Waiter<Answer>, _: Next) -> Result<Stop<u32>> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(60 * SECOND).await;
        let Answer(number) = human.wait().await?;
        Ok(Stop(number))
    }
}

#[tokio::test(start_paused = true)]
async fn what_runs_goes_on_to_its_end_and_what_comes_of_it_waits() {
    let flow = Slow::default();
    let handle = flow.clone().run(()).start();
    tokio::time::sleep(10 * SECOND).await;
    handle.pause();
    tokio::time::sleep(1000 * SECOND).await;
    // The first step is over, and the second has not begun.
    assert!(handle.running_steps().await.is_empty());
    assert_eq!(flow.begun.load(Ordering::SeqCst), 1);
    // An answer that comes meanwhile is kept.
    handle.send_event(Answer(7)).unwrap();
    handle.resume();
    assert_eq!(handle.await.unwrap(), 7);
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_a_paused_run_is_handed_over_when_it_is_resumed() {
    let handle = Slow::default().run(()).start();
    tokio::time::sleep(200 * SECOND).await;
    handle.pause();
    handle.send_event(Answer(7)).unwrap();
    tokio::time::sleep(200 * SECOND).await;
    assert!(!handle.is_done());
    handle.resume();
    assert_eq!(handle.await.unwrap(), 7);
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_a_run_stands_still_while_it_is_paused() {
    let handle = Slow::default().run(()).timeout(90 * SECOND).start();
    for _ in 0..3 {
        tokio::time::sleep(20 * SECOND).await;
        handle.pause();
        tokio::time::sleep(1000 * SECOND).await;
        handle.resume();
    }
    // It was under way for 60 seconds, and has 30 left.
    let resumed = tokio::time::Instant::now();
    let error = handle.await.unwrap_err();
    assert!(matches!(error, RunError::TimedOut { timeout, .. } if timeout == 90 * SECOND));
    assert_eq!(resumed.elapsed(), 30 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_paused_run_is_cancelled_like_any_other() {
    let handle = Slow::default().run(()).start();
    handle.pause();
    handle.pause();
    tokio::time::sleep(SECOND).await;
    handle.cancel();
    assert!(matches!(handle.await, Err(RunError::Cancelled { .. })));
}
