//! Untyped state: each step notes in a `DictState` what it did, by dotted paths, and the last one returns the notes.

use std::time::Instant;

use serde_json::{Value, json};
use workflows::prelude::*;

#[event]
struct Query(String);
#[event]
struct Processed(String);

#[data]
struct Report {
    output: String,
    notes: Value,
}

struct Tracked;

impl Tracked {
    /// Notes that a step ran.
    async fn note(ctx: &Context) -> Result<()> {
        let mut steps: Vec<String> = ctx.store().get_or("notes.steps", Vec::new()).await?;
        steps.push(ctx.step_name().to_owned());
        Ok(ctx.store().set("notes.steps", steps).await?)
    }
}

#[workflow]
impl Tracked {
    #[step]
    async fn begin(&self, ctx: Context, Start(query): Start<String>) -> Result<Query> {
        ctx.store().set("notes", json!({ "words": 0 })).await?;
        Self::note(&ctx).await?;
        Ok(Query(query))
    }

    #[step]
    async fn process(&self, ctx: Context, Query(query): Query) -> Result<Processed> {
        let words = query.split_whitespace().count();
        ctx.store().set("notes.words", words).await?;
        Self::note(&ctx).await?;
        Ok(Processed(query.to_uppercase()))
    }

    #[step]
    async fn finish(&self, ctx: Context, Processed(output): Processed) -> Result<Stop<Report>> {
        Self::note(&ctx).await?;
        let notes = ctx.store().get("notes").await?;
        Ok(Stop(Report { output, notes }))
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let began = Instant::now();
    let report = Tracked.run("what do crabs eat".to_owned()).await?;
    println!("{}\n{}", report.output, report.notes);
    eprintln!("in {:.1?}", began.elapsed());
    Ok(())
}
