//! How much runs at once, and where.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where it unwraps, in its steps too"
)]

use std::{
    collections::HashSet,
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread::ThreadId,
    time::Duration,
};

use tokio::time::sleep;
use workflows::prelude::*;

/// How many are inside at once, and how many were at most.
#[derive(Clone, Default)]
struct Gauge(Arc<(AtomicUsize, AtomicUsize)>);

impl Gauge {
    async fn hold(&self) {
        let now = self.0.0.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.1.fetch_max(now, Ordering::SeqCst);
        sleep(Duration::from_secs(1)).await;
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }

    fn most(&self) -> usize {
        self.0.1.load(Ordering::SeqCst)
    }
}

#[event]
struct Job;
#[event]
struct Done;

#[derive(Clone, Default)]
struct Measured {
    four: Gauge,
    two: Gauge,
    many: Gauge,
    spawned: Gauge,
}

#[workflow]
impl Measured {
    #[step]
    async fn open(&self, Start(n): Start<usize>) -> Vec<Job> {
        vec![Job; n]
    }

    #[step]
    async fn four(&self, _: Job) {
        self.four.hold().await;
    }

    #[step(num_workers = 2)]
    async fn two(&self, _: Job) -> Done {
        self.two.hold().await;
        Done
    }

    #[step(num_workers = 100)]
    async fn many(&self, _: Job) {
        self.many.hold().await;
    }

    #[step(spawn, num_workers = 3)]
    async fn spawned(&self, _: Job) {
        self.spawned.hold().await;
    }

    #[step]
    async fn collect(&self, done: Vec<Done>) -> Stop<usize> {
        Stop(done.len())
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_runs_as_often_at_once_as_it_has_workers() {
    let flow = Measured::default();
    let began = tokio::time::Instant::now();
    assert_eq!(flow.clone().run(20).await.unwrap(), 20);
    let Measured {
        four,
        two,
        many,
        spawned,
    } = flow;
    let most = [four, two, many, spawned].map(|gauge| gauge.most());
    assert_eq!(most, [4, 2, 20, 3]);
    assert_eq!(began.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_runner_keeps_to_its_number_of_runs() {
    let flow = Measured::default();
    let runner = Runner::builder(flow.clone()).max_concurrent_runs(5).build();
    let started: Vec<_> = (0..10).map(|_| runner.run(1).start()).collect();
    let awaited = (0..10).map(|_| runner.run(1).into_future());
    for run in futures_util::future::join_all(awaited).await {
        assert_eq!(run.unwrap(), 1);
    }
    for run in started {
        run.await.unwrap();
    }
    assert_eq!(flow.two.most(), 5);
}

#[tokio::test]
async fn ten_thousand_runs_go_at_once() {
    let runner = Runner::new(Quick);
    let runs: Vec<_> = (0..10_000).map(|n| runner.run(n).start()).collect();
    let ids: HashSet<_> = runs.iter().map(RunHandle::run_id).collect();
    assert_eq!(ids.len(), 10_000);
    for (n, run) in runs.into_iter().enumerate() {
        assert_eq!(run.await.unwrap(), n);
    }
}

struct Quick;

#[workflow]
impl Quick {
    #[step]
    async fn yields(&self, Start(n): Start<usize>) -> Stop<usize> {
        tokio::task::yield_now().await;
        Stop(n)
    }
}

#[tokio::test]
async fn the_steps_and_the_handle_name_the_same_run() {
    struct Named;

    #[workflow]
    impl Named {
        #[step]
        async fn name(&self, ctx: Context, _: Start<()>) -> Stop<(String, String)> {
            Stop((ctx.run_id().to_string(), ctx.step_name().to_owned()))
        }
    }

    let run = Named.run(()).start();
    let id = run.run_id();
    let (text, step) = run.await.unwrap();
    assert_eq!(text.parse::<workflows::RunId>().unwrap(), id);
    assert_eq!(step, "name");
}

/// Two invocations that get on only together.
struct Together {
    barrier: Barrier,
    threads: Mutex<HashSet<ThreadId>>,
}

#[workflow]
impl Together {
    #[step]
    async fn open(&self, _: Start<()>) -> Vec<Job> {
        vec![Job, Job]
    }

    #[step(spawn)]
    async fn meet(&self, _: Job) -> Done {
        self.threads
            .lock()
            .unwrap()
            .insert(std::thread::current().id());
        self.barrier.wait();
        Done
    }

    #[step]
    async fn collect(&self, done: Vec<Done>) -> Stop<usize> {
        Stop(done.len() * self.threads.lock().unwrap().len())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn spawned_steps_run_in_parallel() {
    let flow = Together {
        barrier: Barrier::new(2),
        threads: Mutex::default(),
    };
    assert_eq!(flow.run(()).await.unwrap(), 4);
}

/// A step that blocks its thread until another one has run.
struct Blocked {
    open: Mutex<std::sync::mpsc::Receiver<u32>>,
    opener: std::sync::mpsc::Sender<u32>,
}

#[workflow]
impl Blocked {
    #[step]
    async fn open(&self, _: Start<()>) -> (Job, Done) {
        (Job, Done)
    }

    #[step(blocking)]
    fn wait(&self, _: Job) -> Result<Stop<u32>> {
        Ok(Stop(self.open.lock().unwrap().recv()?))
    }

    #[step]
    async fn unblock(&self, _: Done) -> Result<()> {
        tokio::task::yield_now().await;
        Ok(self.opener.send(7)?)
    }
}

#[tokio::test]
async fn a_blocking_step_does_not_block_the_others() {
    let (opener, open) = std::sync::mpsc::channel();
    let open = Mutex::new(open);
    assert_eq!(Blocked { open, opener }.run(()).await.unwrap(), 7);
}

#[tokio::test]
async fn a_run_does_nothing_before_it_is_awaited() {
    let flow = Measured::default();
    drop(flow.clone().run(3));
    assert_eq!(flow.two.most(), 0);
}

#[event]
struct Turn;
#[event]
struct Aside;

/// Turns for ever, unless one of its other steps comes to its end.
struct Restless;

#[workflow]
impl Restless {
    #[step]
    async fn begin(&self, out: Emitter<Aside>, Start(later): Start<bool>) -> (Turn, Option<Aside>) {
        if later {
            out.send_after(Aside, Duration::from_millis(1));
        }
        (Turn, (!later).then_some(Aside))
    }

    #[step]
    async fn turn(&self, turn: Turn) -> OneOf![Turn | Stop<()>] {
        turn.into()
    }

    #[step]
    async fn end(&self, _: Aside) -> Stop<()> {
        tokio::task::yield_now().await;
        Stop(())
    }
}

#[tokio::test]
async fn steps_that_are_ready_at_once_do_not_keep_the_others_waiting() {
    for later in [false, true] {
        let run = Restless.run(later).timeout(Duration::from_secs(10));
        assert!(run.await.is_ok(), "{later}");
    }
}
