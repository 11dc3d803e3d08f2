//! `workflows`: this repository. The integer travels in the events.

use anyhow::Result;
use workflows::prelude::*;

use crate::model::{Model, in_turn};
use crate::{BRANCHES, CHAIN, Case, TURNS, Work};

#[event]
struct One(u64);

#[event]
struct Two(u64);

#[event]
struct Three(u64);

#[event]
struct Four(u64);

#[event]
struct Five(u64);

#[event]
struct Six(u64);

#[event]
struct Seven(u64);

#[event]
struct Eight(u64);

#[event]
struct Nine(u64);

struct Chain;

#[workflow]
impl Chain {
    #[step]
    async fn one(&self, Start(count): Start<u64>) -> One {
        One(count + 1)
    }

    #[step]
    async fn two(&self, One(count): One) -> Two {
        Two(count + 1)
    }

    #[step]
    async fn three(&self, Two(count): Two) -> Three {
        Three(count + 1)
    }

    #[step]
    async fn four(&self, Three(count): Three) -> Four {
        Four(count + 1)
    }

    #[step]
    async fn five(&self, Four(count): Four) -> Five {
        Five(count + 1)
    }

    #[step]
    async fn six(&self, Five(count): Five) -> Six {
        Six(count + 1)
    }

    #[step]
    async fn seven(&self, Six(count): Six) -> Seven {
        Seven(count + 1)
    }

    #[step]
    async fn eight(&self, Seven(count): Seven) -> Eight {
        Eight(count + 1)
    }

    #[step]
    async fn nine(&self, Eight(count): Eight) -> Nine {
        Nine(count + 1)
    }

    #[step]
    async fn ten(&self, Nine(count): Nine) -> Stop<u64> {
        Stop(count + 1)
    }
}

#[event]
struct Again(u64);

struct Cycle;

#[workflow]
impl Cycle {
    #[step]
    async fn turn(&self, ev: OneOf![Start<u64> | Again]) -> OneOf![Again | Stop<u64>] {
        let (TurnInput::Start(Start(count)) | TurnInput::Again(Again(count))) = ev;
        if count + 1 == TURNS {
            return Stop(count + 1).into();
        }
        Again(count + 1).into()
    }
}

#[event]
struct Branch(u64);

#[event]
struct Grown(u64);

struct Fan;

#[workflow]
impl Fan {
    #[step]
    async fn spread(&self, Start(branches): Start<u64>) -> Vec<Branch> {
        (0..branches).map(|_| Branch(0)).collect()
    }

    #[step]
    async fn grow(&self, Branch(count): Branch) -> Grown {
        Grown(count + 1)
    }

    #[step]
    async fn join(&self, grown: Vec<Grown>) -> Stop<u64> {
        Stop(grown.iter().map(|Grown(count)| count).sum())
    }
}

/// A workflow and what its runs begin with.
struct Ours<W: Workflow> {
    runner: Runner<W>,
    input: u64,
}

impl<W: Workflow<Input = u64, Output = u64>> Ours<W> {
    fn new(workflow: W, input: u64) -> Self {
        Self {
            runner: Runner::new(workflow),
            input,
        }
    }
}

impl<W: Workflow<Input = u64, Output = u64>> Model for Ours<W> {
    async fn run(&self) -> Result<u64> {
        Ok(self.runner.run(self.input).await?)
    }
}

/// A chain of [`CHAIN`] steps with an event type each, one run after the other.
pub(crate) fn chain() -> Result<Option<Case>> {
    debug_assert_eq!(CHAIN, Chain::GRAPH.steps().len() as u64);
    Ok(Some(in_turn(Ours::new(Chain, 0))))
}

/// One step whose event leads back to it.
pub(crate) fn cycle() -> Result<Option<Case>> {
    Ok(Some(in_turn(Ours::new(Cycle, 0))))
}

/// A list of [`BRANCHES`] events, a step for each, and a step that collects them.
pub(crate) fn fan() -> Result<Option<Case>> {
    Ok(Some(in_turn(Ours::new(Fan, BRANCHES))))
}

/// The chain, all runs started before the first is awaited.
pub(crate) fn crowd() -> Result<Option<Case>> {
    let runner = Runner::new(Chain);
    Ok(Some(Box::new(move |runs| {
        all_at_once(runner.clone(), runs)
    })))
}

fn all_at_once(runner: Runner<Chain>, runs: u64) -> Work {
    Box::pin(async move {
        let handles: Vec<_> = (0..runs).map(|_| runner.run(0).start()).collect();
        let mut done = 0;
        for handle in handles {
            done += handle.await?;
        }
        Ok(done)
    })
}
