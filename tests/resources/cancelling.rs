//! Runs that are given up while a resource is made.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::SeqCst},
    },
    time::Duration,
};

use tokio::sync::Notify;
use workflows::prelude::*;

static GATE: Notify = Notify::const_new();
static BEGUN: AtomicU32 = AtomicU32::new(0);

async fn make_behind_a_gate() -> u32 {
    let number = BEGUN.fetch_add(1, SeqCst);
    GATE.notified().await;
    number
}

workflow_of!(Gated, (#[resource(make_behind_a_gate)] number: Arc<u32>) -> u32 => *number);

#[tokio::test(start_paused = true)]
async fn one_who_gives_up_does_not_disturb_the_others_and_the_last_takes_the_work_along() {
    let runner = Runner::new(Gated);
    let settle = || tokio::time::sleep(Duration::from_millis(1));
    let (first, second) = (runner.run(()).start(), runner.run(()).start());
    settle().await;
    first.cancel();
    assert!(matches!(first.await, Err(RunError::Cancelled { .. })));
    GATE.notify_one();
    assert_eq!(second.await.unwrap(), 0);
    assert_eq!(BEGUN.load(SeqCst), 1);

    let runner = Runner::new(Gated);
    let only = runner.run(()).start();
    settle().await;
    only.cancel();
    assert!(only.await.is_err());
    let next = runner.run(()).start();
    settle().await;
    GATE.notify_one();
    assert_eq!(next.await.unwrap(), 2);
}
