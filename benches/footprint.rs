//! Counts allocations and heap bytes: prints one line for each figure, its scenario, name and value separated by tabs.
//! `cargo xtask bench` puts them into its table.
//!
//! A reallocation counts as an allocation. Everything is run once before it is counted.

mod baselines;
mod scenarios;

use std::{
    alloc::System,
    future::{Future, pending},
};

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::{runtime::Runtime, sync::oneshot};
use workflows::prelude::*;

use crate::scenarios::{CHAIN, Chain, FanOut, Joins, Turns};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const OURS: &str = "workflows";
const RUNS: u64 = 100;
const TURNS: u64 = 10_000;
const WIDTH: u64 = 100;
const JOINS: u64 = 1_000;
const IDLE_RUNS: u64 = 10_000;

/// Bytes that are on the heap now.
fn live_bytes() -> u64 {
    let stats = ALLOCATOR.stats();
    (stats.bytes_allocated - stats.bytes_deallocated) as u64
}

#[event]
struct Round {
    left: u64,
    peak: u64,
}

/// One step that takes its own event the given number of times; gives the most bytes that were on the heap meanwhile.
struct Peak;

#[workflow]
impl Peak {
    #[step]
    async fn turn(&self, from: OneOf![Start<u64> | Round]) -> OneOf![Round | Stop<u64>] {
        let (left, peak) = match from {
            TurnInput::Start(Start(turns)) => (turns, 0),
            TurnInput::Round(Round { left, peak }) => (left, peak),
        };
        let peak = peak.max(live_bytes());
        if left > 1 {
            let left = left - 1;
            Round { left, peak }.into()
        } else {
            Stop(peak).into()
        }
    }
}

/// Waits for ever.
struct Idle;

#[workflow]
impl Idle {
    #[step]
    async fn wait(&self, Start(n): Start<u64>) -> Stop<u64> {
        pending::<()>().await;
        Stop(n)
    }
}

#[event(human_response)]
struct Reply(u64);

/// Waits for an answer that does not come.
struct Parked;

#[workflow]
impl Parked {
    #[step]
    async fn ask(&self, human: Waiter<Reply>, Start(n): Start<u64>) -> Result<Stop<u64>> {
        let Reply(answer) = human.wait().await?;
        Ok(Stop(n + answer))
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("the system has a thread for a runtime");
    let runtime = &runtime;
    allocations(runtime, "chain", &Runner::new(Chain), 0, CHAIN);
    allocations(runtime, "loop", &Runner::new(Turns), TURNS, TURNS);
    allocations(runtime, "fan-out-100", &Runner::new(FanOut), WIDTH, WIDTH);
    allocations(runtime, "join", &Runner::new(Joins), JOINS, JOINS);
    for turns in [1_000_000, 10_000_000] {
        let peak = peak(runtime, turns);
        print("peak", &turns.to_string(), peak as f64);
    }
    runtime.block_on(idle());
    runtime.block_on(parked());
}

fn print(scenario: &str, name: &str, value: f64) {
    println!("{scenario}\t{name}\t{value}");
}

/// Counts the allocations of a workflow that goes through `units` units, and those of as many boxed calls.
fn allocations<W: Workflow<Input = u64>>(
    runtime: &Runtime,
    scenario: &str,
    runner: &Runner<W>,
    input: u64,
    units: u64,
) {
    let ours = || async {
        for _ in 0..RUNS {
            runner.run(input).await.expect("the run stops");
        }
    };
    let per_unit = |count: u64| count as f64 / (RUNS * units) as f64;
    print(scenario, OURS, per_unit(count(runtime, ours)));
    let boxed = || baselines::boxed(RUNS * units);
    print(scenario, "boxed", per_unit(count(runtime, boxed)));
}

fn count<F: Future>(runtime: &Runtime, work: impl Fn() -> F) -> u64 {
    runtime.block_on(work());
    let region = Region::new(ALLOCATOR);
    runtime.block_on(work());
    let change = region.change();
    (change.allocations + change.reallocations) as u64
}

/// The most bytes that were on the heap during a loop of `turns` turns, above those before it.
fn peak(runtime: &Runtime, turns: u64) -> u64 {
    let runner = Runner::new(Peak);
    let before = live_bytes();
    let peak = runtime.block_on(async { runner.run(turns).await.expect("the run stops") });
    peak - before
}

/// What a run that has started and waits takes, and a task that does.
async fn idle() {
    let runner = Runner::new(Idle);
    let ours = each(|| runner.run(0).start()).await;
    print("idle", OURS, ours);
    let task = each(|| tokio::spawn(pending::<()>())).await;
    print("idle", "tokio-spawn", task);
}

/// What a run takes that waits for an answer, and a task that does.
async fn parked() {
    let runner = Runner::new(Parked);
    print("parked", OURS, each(|| runner.run(0).start()).await);
    let task = each(|| {
        let (reply, replied) = oneshot::channel::<u64>();
        (tokio::spawn(replied), reply)
    });
    print("parked", "oneshot", task.await);
}

/// Heap bytes for each of many things that are started together.
async fn each<T>(start: impl Fn() -> T) -> f64 {
    let mut started = Vec::with_capacity(IDLE_RUNS as usize);
    let before = live_bytes();
    started.extend((0..IDLE_RUNS).map(|_| start()));
    // Whatever has been started gets as far as it goes.
    tokio::task::yield_now().await;
    (live_bytes() - before) as f64 / IDLE_RUNS as f64
}
