//! Typed state: steps that run at the same time count together, and no count is lost, because an edit is atomic.

use workflows::prelude::*;

#[event]
struct Visit;
#[event]
struct Counted;

/// What the steps of a run share.
#[state]
struct Visits {
    count: u32,
}

struct Counter;

#[workflow]
impl Counter {
    /// Sends so many visitors.
    #[step]
    async fn open(&self, Start(visitors): Start<usize>) -> Vec<Visit> {
        vec![Visit; visitors]
    }

    /// Counts one; eight at a time, on the worker threads.
    #[step(spawn, num_workers = 8)]
    async fn count(&self, ctx: Context<Visits>, _: Visit) -> Result<Counted> {
        ctx.store().edit_state(|visits| visits.count += 1).await?;
        Ok(Counted)
    }

    /// Reads the count when all are in.
    #[step]
    async fn close(&self, ctx: Context<Visits>, _: Vec<Counted>) -> Result<Stop<u32>> {
        Ok(Stop(ctx.store().get_state().await?.count))
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    println!("{} visits", Counter.run(1_000).await?);
    let from_yesterday = Visits { count: 500 };
    let both = Counter.run(1_000).state(from_yesterday).await?;
    println!("{both} visits since yesterday");
    Ok(())
}
