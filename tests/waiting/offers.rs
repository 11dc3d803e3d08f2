//! What waits that look at each event are shown, and what becomes of what they look with.

use std::time::Duration;

use workflows::prelude::*;

use crate::{Answer, answer};

#[event]
struct Item(u32);

/// Looks at items that come at once, and takes all of them.
struct Orderly;

#[workflow]
impl Orderly {
    #[step]
    async fn tell(&self, ctx: Context, out: Emitter<Item>, _: Start<()>) {
        ctx.sleep(Duration::from_secs(1)).await;
        for number in 1..=3 {
            out.send(Item(number));
        }
    }

    #[step]
    async fn ask(&self, items: Waiter<Item>, _: Start<()>) -> Result<Stop<Vec<u32>>> {
        let mut numbers = Vec::new();
        for _ in 0..3 {
            numbers.push(items.wait().matching(|_| true).await?.0);
        }
        Ok(Stop(numbers))
    }
}

#[tokio::test(start_paused = true)]
async fn events_that_come_at_once_are_taken_in_their_order() {
    assert_eq!(Orderly.run(()).await.unwrap(), [1, 2, 3]);
}

/// Has something of its run used when it is dropped.
struct Scribe(Context);

impl Drop for Scribe {
    fn drop(&mut self) {
        self.0.edit_on_commit(|_| ());
    }
}

/// Looks with a scribe.
struct Keen;

#[workflow]
impl Keen {
    #[step]
    async fn ask(&self, ctx: Context, human: Waiter<Answer>, _: Start<()>) -> Result<Stop<String>> {
        let scribe = Scribe(ctx.clone());
        let wait = human
            .wait()
            .matching(move |_| scribe.0.attempt().number() == 1);
        Ok(Stop(wait.await?.text))
    }
}

#[tokio::test]
async fn what_a_wait_looks_with_may_use_the_run_when_it_is_dropped() {
    let run = Keen.run(()).start();
    run.send_event(answer("", "yes")).unwrap();
    assert_eq!(run.await.unwrap(), "yes");
}
