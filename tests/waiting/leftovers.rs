//! Waits that outlive their attempts.

use std::{
    pin::Pin,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures_util::FutureExt;
use tokio::time::sleep;
use workflows::{WaitError, Waiting, prelude::*};

use crate::{Answer, answer};

type Wait = Pin<Box<Waiting<Answer>>>;

/// A place outside of all attempts.
#[derive(Default)]
struct Elsewhere(Mutex<Option<Wait>>);

impl Elsewhere {
    fn leave(&self, wait: Wait) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(wait);
    }

    fn take(&self) -> Option<Wait> {
        let mut wait = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        wait.take()
    }
}

/// Fails while a wait of its first attempt is open. `Start` says whether the second one awaits that; otherwise it drops
/// it.
#[derive(Default)]
struct Careless(Elsewhere);

#[workflow]
impl Careless {
    #[step(retry = Retry::immediately())]
    async fn ask(
        &self,
        ctx: Context,
        human: Waiter<Answer>,
        Start(awaits): Start<bool>,
    ) -> Result<Stop<String>> {
        let mut wait = Box::pin(human.wait());
        let early = (&mut wait).now_or_never();
        assert!(early.is_none(), "{early:?}");
        if ctx.attempt().number() == 1 {
            self.0.leave(wait);
            return Err("not now".into());
        }
        let left = self.0.take().expect("the first attempt left it");
        if awaits {
            let error = left.await.expect_err("its attempt is over");
            assert!(matches!(error, WaitError::GivenUp { .. }), "{error}");
        } else {
            drop(left);
        }
        Ok(Stop(wait.await?.text))
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_of_an_earlier_attempt_is_not_in_the_way_of_the_present_one() {
    for awaits in [false, true] {
        let run = Careless::default().run(awaits);
        let run = run.timeout(Duration::from_secs(9)).start();
        sleep(Duration::from_secs(1)).await;
        run.send_event(answer("", "yes")).unwrap();
        assert_eq!(run.await.unwrap(), "yes");
    }
}

#[event]
struct Left;

/// Ends while a wait is open, which another step awaits.
#[derive(Default)]
struct Parting(Elsewhere);

#[workflow]
impl Parting {
    #[step]
    async fn ask(&self, human: Waiter<Answer>, _: Start<()>) -> Left {
        let mut wait = Box::pin(human.wait());
        assert!((&mut wait).now_or_never().is_none());
        self.0.leave(wait);
        Left
    }

    #[step]
    async fn end(&self, _: Left) -> Stop<bool> {
        let left = self.0.take().expect("the first step left it");
        let error = left.await.expect_err("its attempt is over");
        Stop(matches!(error, WaitError::GivenUp { .. }))
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_with_its_step() {
    let run = Parting::default().run(()).timeout(Duration::from_secs(9));
    assert!(run.await.unwrap());
}
