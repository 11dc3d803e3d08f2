//! Resources that cannot be made.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::SeqCst},
    },
    time::Duration,
};

use workflows::{ResourceError, prelude::*};

use crate::{resource_error, step_error};

static TRIES: AtomicU32 = AtomicU32::new(0);

async fn make_late() -> Result<u32, io::Error> {
    tokio::time::sleep(Duration::from_secs(1)).await;
    match TRIES.fetch_add(1, SeqCst) {
        0 => Err(io::Error::other("refused")),
        n => Ok(n),
    }
}

workflow_of!(Late, (#[resource(make_late)] number: Arc<u32>) -> u32 => *number);

#[tokio::test(start_paused = true)]
async fn those_who_waited_get_the_error_and_the_next_one_tries_again() {
    let runner = Runner::new(Late);
    let runs: Vec<_> = (0..10).map(|_| runner.run(()).start()).collect();
    for run in runs {
        let error = resource_error(run.await.unwrap_err());
        assert!(matches!(error, ResourceError::Failed { resource, .. } if resource == "make_late"));
    }
    assert_eq!(runner.run(()).await.unwrap(), 1);
}

fn make_nothing() -> Result<u32> {
    Err("no luck".into())
}

workflow_of!(Unlucky, (#[resource(make_nothing)] number: Arc<u32>) -> u32 => *number);

#[tokio::test]
async fn the_error_of_a_factory_names_the_step_the_resource_and_the_cause() {
    let error = step_error(Unlucky.run(()).await.unwrap_err());
    assert_eq!(
        error.to_string(),
        "step `work` failed on event `Start`: resource `make_nothing` could not be made"
    );
    assert!(
        format!("{error:?}").ends_with("could not be made: no luck"),
        "{error:?}"
    );
}

fn make_panic() -> u32 {
    panic!("out of {}", "order")
}

workflow_of!(Panicking, (#[resource(make_panic)] number: Arc<u32>) -> u32 => *number);

#[tokio::test]
async fn the_panic_of_a_factory_is_an_error_of_the_step() {
    let error = step_error(Panicking.run(()).await.unwrap_err());
    assert_eq!(
        error.to_string(),
        "step `work` failed on event `Start`: resource `make_panic` could not be made: its factory panicked: \
         out of order"
    );
}

async fn make_on_sand(resources: Resources) -> Result<u32> {
    let sand: u32 = resources.get(make_nothing).await?;
    Ok(sand)
}

workflow_of!(OnSand, (#[resource(make_on_sand)] number: Arc<u32>) -> u32 => *number);

#[tokio::test]
async fn the_error_of_a_resource_of_a_resource_names_both() {
    let error = step_error(OnSand.run(()).await.unwrap_err());
    assert!(
        format!("{error:?}").ends_with(
            "resource `make_on_sand` could not be made: resource `make_nothing` could not be made: no luck"
        ),
        "{error:?}"
    );
}

struct Patient;

static PATIENCE: AtomicU32 = AtomicU32::new(0);

fn make_at_the_third_try() -> Result<u32, io::Error> {
    match PATIENCE.fetch_add(1, SeqCst) {
        2 => Ok(2),
        _ => Err(io::Error::from(io::ErrorKind::ConnectionRefused)),
    }
}

#[workflow]
impl Patient {
    #[step(retry = Retry::fixed(Duration::from_secs(1)).max_attempts(5).on::<io::Error>())]
    async fn work(
        &self,
        _: Start<()>,
        #[resource(make_at_the_third_try)] number: Arc<u32>,
    ) -> Stop<u32> {
        Stop(*number)
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_whose_resource_fails_is_retried_by_its_policy() {
    assert_eq!(Patient.run(()).await.unwrap(), 2);
}

struct Caring;

#[workflow]
impl Caring {
    #[step]
    async fn work(&self, _: Start<()>, #[resource(make_nothing)] number: Arc<u32>) -> Stop<String> {
        Stop(number.to_string())
    }
    #[catch_error]
    async fn care(
        &self,
        failed: StepFailed,
        #[resource(make_word)] word: Arc<String>,
    ) -> Stop<String> {
        Stop(format!("{word}: {}", failed.error().cause()))
    }
}

fn make_word() -> String {
    "caught".to_owned()
}

#[tokio::test]
async fn a_missing_resource_is_caught_like_any_failure_and_a_handler_has_resources_too() {
    assert_eq!(
        Caring.run(()).await.unwrap(),
        "caught: resource `make_nothing` could not be made"
    );
}

struct Hurried;

#[workflow]
impl Hurried {
    #[step(timeout = "500ms")]
    async fn work(&self, _: Start<()>, #[resource(make_forever)] number: Arc<u32>) -> Stop<u32> {
        Stop(*number)
    }
}

async fn make_forever() -> u32 {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_a_step_counts_the_making_of_its_resources() {
    let error = step_error(Hurried.run(()).await.unwrap_err());
    assert!(error.to_string().contains("500ms"), "{error}");
}
