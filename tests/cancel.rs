//! Cancelling, timing out and dropping runs. Time is paused: hours pass at once.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where it unwraps, in its steps too"
)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use tokio::{sync::Notify, time::sleep};
use workflows::prelude::*;

const HOURS: Duration = Duration::from_secs(10 * 3600);

/// Counts the steps that are alive.
#[derive(Clone, Default)]
struct Alive(Arc<AtomicUsize>);

struct Guard(Arc<AtomicUsize>);

impl Alive {
    fn guard(&self) -> Guard {
        self.0.fetch_add(1, Ordering::SeqCst);
        Guard(Arc::clone(&self.0))
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[event]
struct Nap;

#[derive(Default)]
struct Sleeper {
    alive: Alive,
    asleep: Arc<Notify>,
}

/// Sleeps for hours in three steps at once.
#[workflow(timeout = "1h")]
impl Sleeper {
    #[step]
    async fn lie_down(&self, _: Start<()>) -> (Nap, Nap) {
        (Nap, Nap)
    }

    #[step]
    async fn doze(&self, _: Nap) -> Stop<()> {
        let _guard = self.alive.guard();
        self.asleep.notify_one();
        sleep(HOURS).await;
        Stop(())
    }

    #[step(spawn)]
    async fn snore(&self, _: Nap) {
        let _guard = self.alive.guard();
        sleep(HOURS).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_is_cancelled_while_its_steps_sleep_and_their_futures_are_dropped() {
    let flow = Sleeper::default();
    let (alive, asleep) = (flow.alive.clone(), Arc::clone(&flow.asleep));
    let run = flow.run(()).timeout(None).start();
    asleep.notified().await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(alive.count(), 4);
    assert_eq!(
        run.running_steps().await,
        ["doze", "doze", "snore", "snore"]
    );
    run.cancel();
    let error = run.await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the run of `Sleeper` was cancelled while running `doze` (2 times), `snore` (2 times)"
    );
    sleep(Duration::from_secs(1)).await;
    assert_eq!(alive.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_future_of_a_run_drops_the_futures_of_its_steps() {
    let flow = Sleeper::default();
    let alive = flow.alive.clone();
    let run = flow.run(()).timeout(None).into_future();
    assert!(
        tokio::time::timeout(Duration::from_secs(1), run)
            .await
            .is_err()
    );
    sleep(Duration::from_secs(1)).await;
    assert_eq!(alive.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_handle_lets_the_run_go_on() {
    let flow = Sleeper::default();
    let (alive, asleep) = (flow.alive.clone(), Arc::clone(&flow.asleep));
    drop(flow.run(()).timeout(None).start());
    asleep.notified().await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(alive.count(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_run_times_out_as_its_attribute_says() {
    let flow = Sleeper::default();
    let alive = flow.alive.clone();
    let began = tokio::time::Instant::now();
    let error = flow.run(()).await.unwrap_err();
    assert_eq!(began.elapsed().as_secs(), 3600);
    assert_eq!(
        error.to_string(),
        "the run of `Sleeper` took longer than 3600s while running `doze` (2 times), `snore` (2 times)"
    );
    sleep(Duration::from_secs(1)).await;
    assert_eq!(alive.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_builder_s_timeout_replaces_the_attribute_s_and_the_run_s_replaces_both() {
    let minute = Duration::from_secs(60);
    let runner = Runner::builder(Sleeper::default()).timeout(minute).build();
    let began = tokio::time::Instant::now();
    assert!(matches!(
        runner.run(()).await,
        Err(RunError::TimedOut { timeout, .. }) if timeout == minute
    ));
    assert_eq!(began.elapsed(), minute);
    runner.run(()).timeout(None).await.unwrap();
    assert_eq!(began.elapsed(), minute + HOURS);
    let day = Duration::from_secs(24 * 3600);
    runner.run(()).timeout(day).await.unwrap();
}

#[event]
struct Turn(u64);

struct Spinner;

/// Never waits for anything.
#[workflow]
impl Spinner {
    #[step]
    async fn spin(&self, event: OneOf![Start<()> | Turn]) -> OneOf![Turn | Stop<u64>] {
        match event {
            SpinInput::Start(_) => Turn(0).into(),
            SpinInput::Turn(Turn(u64::MAX)) => Stop(u64::MAX).into(),
            SpinInput::Turn(Turn(n)) => Turn(n + 1).into(),
        }
    }
}

#[tokio::test]
async fn an_endless_loop_of_ready_steps_is_cancelled() {
    let run = Spinner.run(()).start();
    tokio::task::yield_now().await;
    assert_eq!(run.running_steps().await.len(), 1);
    run.cancel();
    assert!(matches!(run.await, Err(RunError::Cancelled { .. })));
}

#[tokio::test]
async fn an_endless_loop_of_ready_steps_times_out() {
    let run = Spinner.run(()).timeout(Duration::from_millis(1));
    assert!(matches!(run.await, Err(RunError::TimedOut { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_waits_for_its_place_is_cancelled_at_once() {
    let runner = Runner::builder(Sleeper::default())
        .max_concurrent_runs(1)
        .timeout(None)
        .build();
    let first = runner.run(()).start();
    runner.workflow().asleep.notified().await;
    let queued = runner.run(()).start();
    let mut events = queued.stream_events();
    assert_ne!(queued.run_id(), first.run_id());
    let began = tokio::time::Instant::now();
    assert!(queued.running_steps().await.is_empty());
    assert!(!queued.is_done());
    queued.cancel();
    let error = queued.await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the run of `Sleeper` was cancelled, no step was running"
    );
    assert!(events.next().await.unwrap().is::<workflows::RunCancelled>());
    assert!(events.next().await.is_none());
    assert_eq!(began.elapsed(), Duration::ZERO);
    first.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_run_cancelled_in_the_queue_leaves_its_place_to_the_next() {
    let runner = Runner::builder(Sleeper::default())
        .max_concurrent_runs(1)
        .timeout(None)
        .build();
    let runs = [(); 3].map(|()| runner.run(()).start());
    tokio::task::yield_now().await;
    runs[1].cancel();
    let began = tokio::time::Instant::now();
    let [first, second, third] = runs;
    first.await.unwrap();
    assert!(second.await.is_err());
    third.await.unwrap();
    assert_eq!(began.elapsed(), 2 * HOURS);
}

#[tokio::test(start_paused = true)]
async fn the_time_in_the_queue_does_not_count_towards_the_timeout() {
    let runner = Runner::builder(Sleeper::default())
        .max_concurrent_runs(1)
        .timeout(HOURS + Duration::from_secs(1))
        .build();
    let runs = [(); 3].map(|()| runner.run(()).start());
    for run in runs {
        run.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_over_has_no_running_steps_and_cannot_be_cancelled() {
    let run = Sleeper::default().run(()).timeout(None).start();
    while !run.is_done() {
        sleep(HOURS).await;
    }
    run.cancel();
    assert!(run.running_steps().await.is_empty());
    run.await.unwrap();
}

struct Blocker {
    gate: std::sync::Mutex<mpsc::Receiver<()>>,
    begun: Arc<AtomicUsize>,
    busy: Arc<Notify>,
}

#[workflow]
impl Blocker {
    #[step(blocking)]
    fn block(&self, _: Start<()>) -> Stop<()> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        self.busy.notify_one();
        self.gate.lock().unwrap().recv().unwrap();
        Stop(())
    }
}

#[test]
fn a_blocking_step_that_has_not_begun_never_begins_once_its_run_is_cancelled() {
    let (open, gate) = mpsc::channel();
    let (begun, busy) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let flow = Blocker {
        gate: gate.into(),
        begun: Arc::clone(&begun),
        busy: Arc::clone(&busy),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let runner = Runner::new(flow);
        let first = runner.run(()).start();
        busy.notified().await;
        let second = runner.run(()).start();
        tokio::task::yield_now().await;
        assert_eq!(second.running_steps().await, ["block"]);
        second.cancel();
        assert!(second.await.is_err());
        open.send(()).unwrap();
        first.await.unwrap();
        tokio::task::spawn_blocking(|| ()).await.unwrap();
    });
    assert_eq!(begun.load(Ordering::SeqCst), 1);
}

#[test]
fn a_run_whose_runtime_shuts_down_says_so_and_lets_go_of_its_readers() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let entered = runtime.enter();
    let run = Sleeper::default().run(()).timeout(None).start();
    drop(entered);
    let mut events = run.stream_events();
    runtime.shutdown_background();
    let other = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    other.block_on(async {
        assert!(events.next().await.is_none());
        let error = run.await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the run of `Sleeper` was given up: the tokio runtime that it was started on has shut down"
        );
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asking_for_the_running_steps_is_answered_however_the_run_ends_meanwhile() {
    struct Quick;

    #[workflow]
    impl Quick {
        #[step]
        async fn end(&self, Start(n): Start<u32>) -> Stop<u32> {
            Stop(n)
        }
    }

    let runner = Runner::new(Quick);
    for n in 0..2_000 {
        let run = runner.run(n).start();
        while !run.is_done() {
            assert!(run.running_steps().await.len() < 2);
        }
        assert_eq!(run.await.unwrap(), n);
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_cancelled_before_its_first_step_starts_none() {
    let flow = Sleeper::default();
    let alive = flow.alive.clone();
    let run = flow.run(()).start();
    run.cancel();
    assert!(matches!(run.await, Err(RunError::Cancelled { running, .. }) if running.is_empty()));
    assert_eq!(alive.count(), 0);
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

struct Mined;

#[workflow]
impl Mined {
    #[step]
    async fn lay(&self, _: Start<()>) -> (Nap, Nap) {
        (Nap, Nap)
    }

    #[step]
    async fn wait(&self, _: Nap) -> Stop<()> {
        let _bomb = Bomb;
        sleep(HOURS).await;
        Stop(())
    }
}

#[tokio::test(start_paused = true)]
async fn steps_that_panic_while_they_are_dropped_do_not_stop_the_cancelling() {
    let error = Mined.run(()).timeout(Duration::from_secs(1)).await;
    assert!(
        matches!(error, Err(RunError::TimedOut { running, .. }) if running == ["wait", "wait"])
    );
}

struct Patient {
    begun: Notify,
    ended: Notify,
}

#[workflow]
impl Patient {
    /// Works until nobody wants the result any more.
    #[step(blocking)]
    fn work(&self, ctx: Context, _: Start<()>) -> Stop<()> {
        self.begun.notify_one();
        while !ctx.is_cancelled() {
            std::thread::yield_now();
        }
        self.ended.notify_one();
        Stop(())
    }
}

#[tokio::test]
async fn a_blocking_step_learns_that_its_run_is_cancelled() {
    let flow = Arc::new(Patient {
        begun: Notify::new(),
        ended: Notify::new(),
    });
    let handle = Runner::new(Arc::clone(&flow)).run(()).start();
    flow.begun.notified().await;
    handle.cancel();
    assert!(matches!(handle.await, Err(RunError::Cancelled { .. })));
    flow.ended.notified().await;
}

#[event(human_response)]
struct Never;

/// Waits on the blocking pool, for an event or for time to pass.
struct Waiters {
    begun: Notify,
    ended: Notify,
}

#[workflow]
impl Waiters {
    #[step(blocking)]
    fn wait(&self, ctx: Context, human: Waiter<Never>, Start(sleeps): Start<bool>) -> Stop<()> {
        self.begun.notify_one();
        if sleeps {
            ctx.block_on(ctx.sleep(Duration::MAX));
        } else {
            assert!(ctx.block_on(human.wait()).is_err());
        }
        self.ended.notify_one();
        Stop(())
    }
}

#[tokio::test]
async fn a_blocking_step_waits_no_longer_than_its_run() {
    let flow = Arc::new(Waiters {
        begun: Notify::new(),
        ended: Notify::new(),
    });
    for sleeps in [false, true] {
        let handle = Runner::new(Arc::clone(&flow)).run(sleeps).start();
        flow.begun.notified().await;
        // A wait that is known to the run has taken the step's place.
        sleep(Duration::from_millis(10)).await;
        handle.cancel();
        assert!(matches!(handle.await, Err(RunError::Cancelled { .. })));
        flow.ended.notified().await;
    }
}

/// One step stops the run while others are at work.
#[derive(Default)]
struct Race {
    alive: Alive,
}

#[workflow]
impl Race {
    #[step]
    async fn begin(&self, _: Start<()>) -> (Nap, Nap, Turn) {
        (Nap, Nap, Turn(0))
    }

    #[step]
    async fn sleep(&self, _: Nap) -> Turn {
        let _guard = self.alive.guard();
        sleep(HOURS).await;
        Turn(1)
    }

    #[step]
    async fn win(&self, Turn(n): Turn) -> Stop<u64> {
        sleep(Duration::from_secs(1)).await;
        Stop(n)
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_drops_the_steps_that_are_at_work_and_is_there_at_once() {
    let flow = Race::default();
    let alive = flow.alive.clone();
    let began = tokio::time::Instant::now();
    assert_eq!(flow.run(()).await.unwrap(), 0);
    assert_eq!(alive.count(), 0);
    assert_eq!(began.elapsed(), Duration::from_secs(1));
}
