//! Accumulates results in the state: every branch of a fan-out adds its own as it finishes, so the state shows how far
//! the run has got; the last step sorts them.
//!
//! `edit_in_place` adds a result without a copy of all the others. Where only the end matters, return the results and
//! collect them as a `Vec` instead: see `fan_out_fan_in`.

use workflows::prelude::*;

#[event]
struct Item {
    index: usize,
    text: String,
}
#[event]
struct Processed;

/// The results, in the order in which they came.
#[state]
struct Results {
    finished: Vec<Outcome>,
}

#[data]
struct Outcome {
    index: usize,
    text: String,
}

struct Accumulator;

#[workflow]
impl Accumulator {
    /// Opens one branch for each item.
    #[step]
    async fn open(&self, Start(items): Start<Vec<String>>) -> Vec<Item> {
        let numbered = items.into_iter().enumerate();
        numbered.map(|(index, text)| Item { index, text }).collect()
    }

    /// Processes an item and adds its result; long ones take longer.
    #[step(num_workers = 4)]
    async fn process(&self, ctx: Context<Results>, item: Item) -> Result<Processed> {
        for _ in 0..item.text.len() {
            tokio::task::yield_now().await;
        }
        let outcome = Outcome {
            index: item.index,
            text: item.text.to_uppercase(),
        };
        let add = |results: &mut Results| {
            results.finished.push(outcome);
            results.finished.len()
        };
        let finished = ctx.store().edit_in_place(add).await?;
        println!("{finished} finished: {}", item.text);
        Ok(Processed)
    }

    /// Puts the results in the order of the items.
    #[step]
    async fn finish(&self, ctx: Context<Results>, _: Vec<Processed>) -> Result<Stop<Vec<String>>> {
        let mut results = ctx.store().get_state().await?.finished.clone();
        results.sort_by_key(|outcome| outcome.index);
        Ok(Stop(
            results.into_iter().map(|outcome| outcome.text).collect(),
        ))
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let items = ["lobsters", "crabs", "eel"].map(str::to_owned).to_vec();
    println!("{}", Accumulator.run(items).await?.join(", "));
    Ok(())
}
