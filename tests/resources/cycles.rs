//! Resources that need other resources, and each other.

use std::{sync::Arc, time::Duration};

use workflows::{ResourceError, prelude::*};

use crate::resource_error;

async fn make_a(resources: Resources) -> Result<u32> {
    tokio::task::yield_now().await;
    let b: Arc<u64> = resources.get(make_b).await?;
    Ok(u32::try_from(*b)?)
}
fn make_b(resources: Resources) -> futures_util::future::BoxFuture<'static, Result<u64>> {
    Box::pin(async move {
        tokio::task::yield_now().await;
        let c: Arc<u16> = resources.get(make_c).await?;
        Ok(u64::from(*c))
    })
}
fn make_c(resources: Resources) -> futures_util::future::BoxFuture<'static, Result<u16>> {
    Box::pin(async move {
        tokio::task::yield_now().await;
        let a: Arc<u32> = resources.get(make_a).await?;
        Ok(u16::try_from(*a)?)
    })
}

workflow_of!(NeedsA, (#[resource(make_a)] a: Arc<u32>) -> u32 => *a);

#[tokio::test]
async fn resources_that_need_each_other_are_refused_with_the_chain() {
    let error = resource_error(NeedsA.run(()).await.unwrap_err());
    assert_eq!(
        error.to_string(),
        "resources need each other: `make_a` → `make_b` → `make_c` → `make_a`"
    );
}

struct NeedsAll;

#[event]
struct Turn(u32);
#[event]
struct Done;

#[workflow]
impl NeedsAll {
    #[step]
    async fn begin(&self, _: Start<()>) -> (Turn, Done) {
        (Turn(0), Done)
    }
    #[step(retry = Retry::fixed(Duration::from_secs(1)).max_attempts(3))]
    async fn a(&self, _: Turn, #[resource(make_a)] a: Arc<u32>) -> Stop<u32> {
        Stop(*a)
    }
    #[step(retry = Retry::fixed(Duration::from_secs(1)).max_attempts(3))]
    async fn b(&self, _: Turn, #[resource(make_b)] _b: Arc<u64>) {}
    #[step(retry = Retry::fixed(Duration::from_secs(1)).max_attempts(3))]
    async fn c(&self, _: Done, #[resource(make_c)] _c: Arc<u16>) {}
}

#[tokio::test(start_paused = true)]
async fn resources_that_are_made_at_once_and_need_each_other_do_not_wait_forever() {
    let error = resource_error(NeedsAll.run(()).await.unwrap_err());
    assert!(matches!(error, ResourceError::Cycle { chain } if chain.len() == 4));
}

fn make_self(resources: Resources) -> futures_util::future::BoxFuture<'static, Result<u8>> {
    Box::pin(async move { Ok(resources.make::<u8, _, _>(make_self).await?) })
}

workflow_of!(NeedsItself, (#[resource(make_self, cache = false)] it: u8) -> u8 => it);

#[tokio::test]
async fn a_factory_that_is_not_cached_and_needs_itself_is_refused() {
    let error = resource_error(NeedsItself.run(()).await.unwrap_err());
    assert_eq!(
        error.to_string(),
        "resources need each other: `make_self` → `make_self`"
    );
}

async fn make_left(resources: Resources) -> Result<u32> {
    Ok(resources.get::<u32, _, _>(make_base).await? + 1)
}
async fn make_right(resources: Resources) -> Result<u32> {
    Ok(resources.get::<u32, _, _>(make_base).await? + 2)
}
async fn make_base() -> u32 {
    tokio::task::yield_now().await;
    10
}
async fn make_both(resources: Resources) -> Result<u32> {
    let (left, right) = tokio::try_join!(
        resources.get::<u32, _, _>(make_left),
        resources.get::<u32, _, _>(make_right)
    )?;
    Ok(left + right)
}

workflow_of!(Diamond, (#[resource(make_both)] both: Arc<u32>) -> u32 => *both);

#[tokio::test]
async fn two_that_need_the_same_one_are_no_cycle() {
    assert_eq!(Diamond.run(()).await.unwrap(), 23);
}
