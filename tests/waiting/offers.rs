//! What waits that look at each event are shown.

use std::time::Duration;

use workflows::prelude::*;

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
