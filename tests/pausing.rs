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
