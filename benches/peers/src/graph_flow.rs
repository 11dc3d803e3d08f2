//! `graph-flow`: a graph of tasks, named by strings, that run on a session.
//!
//! The graph is run directly on a new session per run, without the session storage that
//! `FlowRunner` would load from and save to. Each task owns the counter it increments, which costs
//! less than keeping an integer as JSON in the context of the session.
//!
//! The only parallelism is `FanOutTask`, whose children cannot hand their task results on; it notes
//! each child's next action in the context, which is part of what is measured.

use std::sync::Arc;

use anyhow::{Result, ensure};
use async_trait::async_trait;
use graph_flow::{
    Context, ExecutionStatus, FanOutTask, Graph, GraphBuilder, NextAction, Session, Task,
    TaskResult,
};

use crate::model::{Model, Tally, in_turn, together};
use crate::{BRANCHES, CHAIN, Case, TURNS};

/// Increments and does the action it was given.
struct Hop {
    id: String,
    tally: Arc<Tally>,
    action: NextAction,
}

#[async_trait]
impl Task for Hop {
    fn id(&self) -> &str {
        &self.id
    }

    async fn run(&self, _context: Context) -> graph_flow::Result<TaskResult> {
        self.tally.add();
        Ok(TaskResult::new(None, self.action.clone()))
    }
}

/// Increments and follows its edge to itself until it has done so [`TURNS`] times.
struct Turn {
    tally: Arc<Tally>,
}

#[async_trait]
impl Task for Turn {
    fn id(&self) -> &str {
        "turn"
    }

    async fn run(&self, _context: Context) -> graph_flow::Result<TaskResult> {
        let action = match self.tally.add() % TURNS {
            0 => NextAction::End,
            _ => NextAction::ContinueAndExecute,
        };
        Ok(TaskResult::new(None, action))
    }
}

/// Ends the run once the branches have joined.
struct Join;

#[async_trait]
impl Task for Join {
    fn id(&self) -> &str {
        "join"
    }

    async fn run(&self, _context: Context) -> graph_flow::Result<TaskResult> {
        Ok(TaskResult::new(None, NextAction::End))
    }
}

struct Flow {
    graph: Graph,
    first: String,
    tallies: Vec<Arc<Tally>>,
}

impl Model for Flow {
    async fn run(&self) -> Result<u64> {
        let mut session = Session::new_from_task(String::from("run"), &self.first);
        let result = self.graph.execute_session(&mut session).await?;
        let completed = matches!(result.status, ExecutionStatus::Completed);
        ensure!(completed, "ended with {:?}", result.status);
        Ok(0)
    }

    fn counted(&self) -> u64 {
        Tally::sum(&self.tallies)
    }
}

pub(crate) fn chain() -> Result<Option<Case>> {
    Ok(Some(in_turn(chained()?)))
}

pub(crate) fn crowd() -> Result<Option<Case>> {
    Ok(Some(together(chained()?)))
}

pub(crate) fn cycle() -> Result<Option<Case>> {
    let tallies = Tally::several(1);
    let tally = Arc::clone(&tallies[0]);
    let builder = GraphBuilder::new("cycle")
        .add_task(Arc::new(Turn { tally }))
        .add_edge("turn", "turn");
    Ok(Some(in_turn(flow(builder, "turn", tallies)?)))
}

pub(crate) fn fan() -> Result<Option<Case>> {
    let tallies = Tally::several(BRANCHES);
    let branches = tallies
        .iter()
        .enumerate()
        .map(|(index, tally)| hop(index, tally, NextAction::End) as Arc<dyn Task>)
        .collect();
    let spread =
        FanOutTask::new("spread", branches).with_next_action(NextAction::ContinueAndExecute);
    let builder = GraphBuilder::new("fan")
        .add_task(spread)
        .add_task(Arc::new(Join))
        .add_edge("spread", "join");
    Ok(Some(in_turn(flow(builder, "spread", tallies)?)))
}

fn chained() -> Result<Flow> {
    let tallies = Tally::several(CHAIN);
    let last = tallies.len() - 1;
    let mut builder = GraphBuilder::new("chain");
    for (index, tally) in tallies.iter().enumerate() {
        let action = if index == last {
            NextAction::End
        } else {
            NextAction::ContinueAndExecute
        };
        builder = builder.add_task(hop(index, tally, action));
    }
    for index in 0..last {
        builder = builder.add_edge(id(index), id(index + 1));
    }
    flow(builder, &id(0), tallies)
}

fn flow(builder: GraphBuilder, first: &str, tallies: Vec<Arc<Tally>>) -> Result<Flow> {
    Ok(Flow {
        graph: builder.build()?,
        first: first.to_owned(),
        tallies,
    })
}

fn hop(index: usize, tally: &Arc<Tally>, action: NextAction) -> Arc<Hop> {
    Arc::new(Hop {
        id: id(index),
        tally: Arc::clone(tally),
        action,
    })
}

fn id(index: usize) -> String {
    format!("hop-{index}")
}
