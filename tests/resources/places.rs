//! Steps that run elsewhere.

use std::time::Duration;

use workflows::prelude::*;

use crate::resource_error;

async fn make_slowly() -> u32 {
    tokio::time::sleep(Duration::from_secs(1)).await;
    7
}
fn fail() -> Result<u32> {
    Err("no".into())
}

#[event]
struct Next(u32);

struct Everywhere;

#[workflow]
impl Everywhere {
    #[step(spawn)]
    async fn spawned(
        &self,
        _: Start<bool>,
        #[resource(make_slowly)] number: u32,
        out: Emitter<Next>,
    ) {
        out.send(Next(number));
    }
    #[step(blocking)]
    fn blocking(
        &self,
        next: Next,
        ctx: Context,
        #[resource(make_slowly, cache = false)] number: u32,
    ) -> Stop<u32> {
        assert!(!ctx.is_cancelled());
        std::thread::sleep(Duration::from_millis(1));
        Stop(next.0 + number)
    }
}

#[tokio::test(start_paused = true)]
async fn resources_are_awaited_before_a_step_blocks_its_thread() {
    assert_eq!(Everywhere.run(true).await.unwrap(), 14);
}

struct Blocked;

#[workflow]
impl Blocked {
    #[step(blocking)]
    fn work(&self, _: Start<()>, #[resource(fail)] number: u32) -> Stop<u32> {
        Stop(number)
    }
}

#[tokio::test]
async fn a_blocking_step_fails_with_its_resource() {
    let error = resource_error(Blocked.run(()).await.unwrap_err());
    assert_eq!(error.to_string(), "resource `fail` could not be made");
}
