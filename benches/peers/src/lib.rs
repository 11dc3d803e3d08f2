//! The same four in-memory scenarios for several workflow libraries.
//!
//! A step does as little as a step can, it adds one to an integer, so that what is measured is the
//! cost of the engine around it. Each library module builds its workflow once per scenario and
//! hands out a [`Case`] that runs it as often as asked, through the fastest API that the library
//! documents.
//!
//! `cargo build --release && target/release/peers` prints the table. Allocations are counted by a
//! second binary, `counts`, because a counting allocator slows the timings, by a tenth where hardly
//! anything is allocated and to more than three times where two threads allocate much.
//!
//! To add a library, add its `mod` and its entry in [`LIBRARIES`].

mod blazen;
mod cano;
mod graph_flow;
mod model;
mod ours;

use std::future::Future;
use std::pin::Pin;

use anyhow::{Result, ensure};
use tokio::runtime::{Builder, Runtime};

/// Steps of the chain that `chain` and `crowd` run.
pub const CHAIN: u64 = 10;
/// Turns that one run of `cycle` takes through its only step.
pub const TURNS: u64 = 100_000;
/// Branches that one run of `fan` spreads to and joins again.
pub const BRANCHES: u64 = 100;
/// Worker threads of the runtime.
const WORKERS: usize = 2;

/// Some runs of a workflow; resolves to how many increments they did.
pub type Work = Pin<Box<dyn Future<Output = Result<u64>> + Send>>;

/// A workflow that is built and ready: takes the number of runs, gives the work of running them.
pub type Case = Box<dyn Fn(u64) -> Work + Send + Sync>;

/// Builds a case. `None` says that the library cannot do the scenario.
pub type Build = fn() -> Result<Option<Case>>;

/// One column of the table.
pub struct Library {
    /// What the column is called.
    pub name: &'static str,
    /// Runs of [`CHAIN`] steps, one run after the other.
    pub chain: Build,
    /// Runs of one step that leads to itself [`TURNS`] times, one run after the other.
    pub cycle: Build,
    /// Runs that spread to [`BRANCHES`] branches and join them, one run after the other.
    pub fan: Build,
    /// Runs of [`CHAIN`] steps, all started together and then awaited together.
    pub crowd: Build,
}

/// The libraries that are compared, in the order of the columns.
pub const LIBRARIES: &[Library] = &[
    Library {
        name: "workflows",
        chain: self::ours::chain,
        cycle: self::ours::cycle,
        fan: self::ours::fan,
        crowd: self::ours::crowd,
    },
    Library {
        name: "cano",
        chain: self::cano::chain,
        cycle: self::cano::cycle,
        fan: self::cano::fan,
        crowd: self::cano::crowd,
    },
    Library {
        name: "graph-flow",
        chain: self::graph_flow::chain,
        cycle: self::graph_flow::cycle,
        fan: self::graph_flow::fan,
        crowd: self::graph_flow::crowd,
    },
    Library {
        name: "blazen",
        chain: self::blazen::chain,
        cycle: self::blazen::cycle,
        fan: self::blazen::fan,
        crowd: self::blazen::crowd,
    },
];

/// One row of the table.
pub struct Scenario {
    /// What the row is called.
    pub name: &'static str,
    /// How many runs one repeat consists of.
    pub runs: u64,
    /// How many steps, turns or branches one run has: what the cost is divided by.
    pub steps: u64,
    /// Finds the scenario in a library.
    pub build: fn(&Library) -> Build,
}

/// The scenarios, in the order of the rows.
pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "chain of 10",
        runs: 20_000,
        steps: CHAIN,
        build: |library| library.chain,
    },
    Scenario {
        name: "loop of 100,000",
        runs: 4,
        steps: TURNS,
        build: |library| library.cycle,
    },
    Scenario {
        name: "fan-out/in of 100",
        runs: 500,
        steps: BRANCHES,
        build: |library| library.fan,
    },
    Scenario {
        name: "10,000 chains at once",
        runs: 10_000,
        steps: CHAIN,
        build: |library| library.crowd,
    },
];

impl Scenario {
    /// The number of steps in one repeat.
    pub fn total(&self) -> u64 {
        self.runs * self.steps
    }

    /// Runs one repeat on a worker thread and checks that every step was taken.
    ///
    /// # Errors
    ///
    /// Fails if a run fails or if the number of increments is not the number of steps.
    pub async fn repeat(&self, case: &Case) -> Result<()> {
        let done = tokio::spawn(case(self.runs)).await??;
        ensure!(
            done == self.total(),
            "{}: {done} increments, not {}",
            self.name,
            self.total()
        );
        Ok(())
    }
}

/// The runtime that everything is measured on.
///
/// # Errors
///
/// Fails if the threads cannot be started.
pub fn runtime() -> Result<Runtime> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()?;
    Ok(runtime)
}
