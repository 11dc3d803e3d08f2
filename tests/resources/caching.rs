//! How often a resource is made.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::SeqCst},
    },
    time::Duration,
};

use workflows::prelude::*;

static MADE: AtomicU32 = AtomicU32::new(0);

async fn make_number() -> u32 {
    tokio::task::yield_now().await;
    MADE.fetch_add(1, SeqCst)
}

workflow_of!(Cached, (#[resource(make_number)] number: Arc<u32>) -> u32 => *number);

#[tokio::test]
async fn all_runs_of_a_runner_share_a_resource_and_another_runner_has_its_own() {
    let runner = Runner::new(Cached);
    let first = runner.run(()).await.unwrap();
    assert_eq!(runner.clone().run(()).await.unwrap(), first);
    assert_eq!(runner.session().run(()).await.unwrap(), first);
    assert_ne!(Runner::new(Cached).run(()).await.unwrap(), first);
    assert_ne!(Cached.run(()).await.unwrap(), first);
}

static FRESH: AtomicU32 = AtomicU32::new(0);

fn make_fresh() -> u32 {
    FRESH.fetch_add(1, SeqCst)
}

workflow_of!(Fresh, (
    #[resource(make_fresh, cache = false)] a: u32,
    #[resource(make_fresh, cache = false)] b: u32,
    #[resource(make_fresh)] cached: u32,
) -> (u32, u32, u32) => (a, b, cached));

#[tokio::test]
async fn what_is_not_cached_is_made_for_each_invocation() {
    let runner = Runner::new(Fresh);
    assert_eq!(runner.run(()).await.unwrap(), (0, 1, 2));
    assert_eq!(runner.run(()).await.unwrap(), (3, 4, 2));
}

static BEGUN: AtomicU32 = AtomicU32::new(0);

async fn make_slowly() -> u32 {
    tokio::time::sleep(Duration::from_secs(5)).await;
    BEGUN.fetch_add(1, SeqCst)
}

#[event]
struct Part;
#[event]
struct Whole(u32);

struct Crowd;

#[workflow]
impl Crowd {
    #[step]
    async fn split(&self, Start(parts): Start<usize>) -> Vec<Part> {
        vec![Part; parts]
    }
    #[step(num_workers = 100, spawn)]
    async fn work(&self, _: Part, #[resource(make_slowly)] number: Arc<u32>) -> Whole {
        Whole(*number)
    }
    #[step]
    async fn join(&self, all: Vec<Whole>) -> Stop<u32> {
        Stop(all.iter().map(|whole| whole.0).sum())
    }
}

#[tokio::test(start_paused = true)]
async fn many_who_want_a_resource_at_once_have_it_made_once() {
    let runner = Runner::new(Crowd);
    let (a, b) = tokio::join!(runner.run(100), runner.run(100));
    assert_eq!((a.unwrap(), b.unwrap()), (0, 0));
    assert_eq!(BEGUN.load(SeqCst), 1);
}

static OWN: AtomicU32 = AtomicU32::new(0);

async fn make_one_s_own() -> u32 {
    tokio::time::sleep(Duration::from_secs(5)).await;
    OWN.fetch_add(1, SeqCst)
}

struct Loners;

#[workflow]
impl Loners {
    #[step]
    async fn split(&self, Start(parts): Start<usize>) -> Vec<Part> {
        vec![Part; parts]
    }
    #[step(num_workers = 100)]
    async fn work(&self, _: Part, #[resource(make_one_s_own, cache = false)] number: u32) -> Whole {
        Whole(number)
    }
    #[step]
    async fn join(&self, all: Vec<Whole>) -> Stop<Vec<u32>> {
        let mut all: Vec<_> = all.iter().map(|whole| whole.0).collect();
        all.sort_unstable();
        Stop(all)
    }
}

#[tokio::test(start_paused = true)]
async fn many_who_want_one_of_their_own_at_once_each_have_it() {
    let began = tokio::time::Instant::now();
    let all = Loners.run(20).await.unwrap();
    assert_eq!(all, (0..20).collect::<Vec<_>>());
    // They do not wait for each other.
    assert_eq!(began.elapsed(), Duration::from_secs(5));
}
