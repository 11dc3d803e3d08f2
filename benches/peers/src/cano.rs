//! `cano`: a state machine whose tasks return the next state.
//!
//! States carry no data and the resources of a workflow are shared by all its runs, so each task
//! owns the counter it increments: nothing is handed from step to step, which is the cheapest the
//! library allows. Retries are off and the runs cannot be cancelled, so that neither costs time.

use std::sync::Arc;

use anyhow::{Result, ensure};
use cano::prelude::{
    CancellationToken, CanoError, JoinConfig, JoinStrategy, Resources, TaskConfig, TaskResult,
    Workflow, task,
};

use crate::model::{Model, Tally, in_turn, together};
use crate::{BRANCHES, CHAIN, Case, TURNS};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct State(u64);

const FIRST: State = State(0);
const JOINED: State = State(1);
const DONE: State = State(u64::MAX);

/// Increments and goes to the next state.
struct Hop {
    tally: Arc<Tally>,
    next: State,
}

#[task(state = State)]
impl Hop {
    fn config(&self) -> TaskConfig {
        TaskConfig::minimal()
    }

    async fn run(&self, _resources: &Resources) -> Result<TaskResult<State>, CanoError> {
        self.tally.add();
        Ok(TaskResult::Single(self.next))
    }
}

/// Increments and stays in its state until it has done so [`TURNS`] times.
struct Turn {
    tally: Arc<Tally>,
}

#[task(state = State)]
impl Turn {
    fn config(&self) -> TaskConfig {
        TaskConfig::minimal()
    }

    async fn run(&self, _resources: &Resources) -> Result<TaskResult<State>, CanoError> {
        let next = match self.tally.add() % TURNS {
            0 => DONE,
            _ => FIRST,
        };
        Ok(TaskResult::Single(next))
    }
}

/// Ends the run once the branches have joined.
struct Join;

#[task(state = State)]
impl Join {
    fn config(&self) -> TaskConfig {
        TaskConfig::minimal()
    }

    async fn run(&self, _resources: &Resources) -> Result<TaskResult<State>, CanoError> {
        Ok(TaskResult::Single(DONE))
    }
}

struct Machine {
    workflow: Workflow<State>,
    tallies: Vec<Arc<Tally>>,
}

impl Model for Machine {
    async fn run(&self) -> Result<u64> {
        let token = CancellationToken::disabled();
        let end = self.workflow.orchestrate(FIRST, token).await?;
        ensure!(end == DONE, "ended in {end:?}");
        Ok(0)
    }

    fn counted(&self) -> u64 {
        Tally::sum(&self.tallies)
    }
}

pub(crate) fn chain() -> Result<Option<Case>> {
    Ok(Some(in_turn(chained())))
}

pub(crate) fn crowd() -> Result<Option<Case>> {
    Ok(Some(together(chained())))
}

pub(crate) fn cycle() -> Result<Option<Case>> {
    let tallies = Tally::several(1);
    let turn = Turn {
        tally: Arc::clone(&tallies[0]),
    };
    let workflow = Workflow::bare().register(FIRST, turn).add_exit_state(DONE);
    Ok(Some(in_turn(Machine { workflow, tallies })))
}

pub(crate) fn fan() -> Result<Option<Case>> {
    let tallies = Tally::several(BRANCHES);
    let branches: Vec<_> = tallies.iter().map(|tally| hop(tally, JOINED)).collect();
    let workflow = Workflow::bare()
        .register_split(FIRST, branches, JoinConfig::new(JoinStrategy::All, JOINED))
        .register(JOINED, Join)
        .add_exit_state(DONE);
    Ok(Some(in_turn(Machine { workflow, tallies })))
}

fn chained() -> Machine {
    let tallies = Tally::several(CHAIN);
    let states = (0..CHAIN).map(State);
    let nexts = (1..CHAIN).map(State).chain([DONE]);
    let workflow = states
        .zip(nexts)
        .zip(&tallies)
        .fold(Workflow::bare(), |workflow, ((state, next), tally)| {
            workflow.register(state, hop(tally, next))
        })
        .add_exit_state(DONE);
    Machine { workflow, tallies }
}

fn hop(tally: &Arc<Tally>, next: State) -> Hop {
    Hop {
        tally: Arc::clone(tally),
        next,
    }
}
