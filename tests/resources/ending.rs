//! The end of resources.

use std::sync::{Arc, Mutex};

use workflows::{Closing, prelude::*};

type Log = Arc<Mutex<Vec<String>>>;

/// Says when it is dropped.
struct Noisy(&'static str, Log);

impl Noisy {
    fn log(&self, what: &str) {
        let mut log = self.1.lock().expect("nobody panics with the log");
        log.push(format!("{what} {}", self.0));
    }
}

impl Drop for Noisy {
    fn drop(&mut self) {
        self.log("drop");
    }
}

fn make_log() -> Log {
    unreachable!("every test gives its own")
}
async fn make_db(resources: Resources) -> Result<Noisy> {
    Ok(Noisy("db", resources.get(make_log).await?))
}
async fn make_pool(resources: Resources) -> Result<Closing<Noisy>> {
    let _: Arc<Noisy> = resources.get(make_db).await?;
    let pool = Noisy("pool", resources.get(make_log).await?);
    Ok(Closing::new(pool, |pool| async move {
        tokio::task::yield_now().await;
        pool.log("close");
    }))
}
async fn make_cache(resources: Resources) -> Result<Closing<Noisy>> {
    let cache = Noisy("cache", resources.get(make_log).await?);
    Ok(Closing::new(cache, |cache| async move {
        cache.log("close");
        Err("disk full")
    }))
}

workflow_of!(Keeper, (
    #[resource(make_pool)] pool: Arc<Noisy>,
    #[resource(make_cache)] cache: Arc<Noisy>,
) -> String => format!("{} {}", pool.0, cache.0));

fn keeper() -> (Runner<Keeper>, Log) {
    let log = Log::default();
    let runner = Runner::builder(Keeper).resource(make_log, Arc::clone(&log));
    (runner.build(), log)
}

#[tokio::test]
async fn resources_are_dropped_the_last_one_first_with_the_last_handle_of_the_runner_and_its_runs()
{
    let (runner, log) = keeper();
    let handle = runner.run(()).start();
    let clone = runner.clone();
    drop(runner);
    drop(clone);
    let mut stream = handle.stream_events();
    handle.await.unwrap();
    while stream.next().await.is_some() {}
    assert!(log.lock().unwrap().is_empty());
    drop(stream);
    assert_eq!(*log.lock().unwrap(), ["drop cache", "drop pool", "drop db"]);
}

#[tokio::test]
async fn shutdown_closes_the_last_one_first_and_reports_what_would_not_close() {
    let (runner, log) = keeper();
    runner.run(()).await.unwrap();
    let error = runner.shutdown().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "resource `make_cache` could not be closed: disk full"
    );
    assert_eq!(error.failures().count(), 1);
    assert_eq!(
        *log.lock().unwrap(),
        [
            "close cache",
            "drop cache",
            "close pool",
            "drop pool",
            "drop db"
        ]
    );
    runner.shutdown().await.unwrap();
}

#[tokio::test]
async fn after_a_shutdown_resources_are_made_anew() {
    let (runner, log) = keeper();
    runner.run(()).await.unwrap();
    runner.shutdown().await.unwrap_err();
    log.lock().unwrap().clear();
    assert_eq!(runner.run(()).await.unwrap(), "pool cache");
    drop(runner);
    assert_eq!(*log.lock().unwrap(), ["drop cache", "drop pool", "drop db"]);
}

fn make_bomb() -> Closing<u32> {
    Closing::new(1, |number| async move { assert_eq!(*number, 2, "bang") })
}

workflow_of!(Bombed, (#[resource(make_bomb)] bomb: u32) -> u32 => bomb);

#[tokio::test]
async fn a_panic_while_closing_is_an_error() {
    let runner = Runner::new(Bombed);
    runner.run(()).await.unwrap();
    assert_eq!(
        runner.shutdown().await.unwrap_err().to_string(),
        "resource `make_bomb` could not be closed: it panicked: assertion `left == right` failed: bang\n  left: 1\n right: 2"
    );
}

fn keep(resources: Resources) -> Resources {
    resources
}

workflow_of!(Keeping, (#[resource(keep)] resources: Resources) -> bool => {
    *KEPT.lock().expect("nobody panics with it") = Some(resources);
    true
});

static KEPT: Mutex<Option<Resources>> = Mutex::new(None);

#[tokio::test]
async fn one_who_keeps_the_resources_does_not_keep_them_alive() {
    Keeping.run(()).await.unwrap();
    let kept = KEPT.lock().unwrap().take().unwrap();
    let error = kept.get::<u32, _, _>(make_bomb).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "resource `make_bomb` was asked for after the end of its runner"
    );
}
