//! What the engine costs, each scenario beside the same work without an engine. `cargo xtask bench` prints the table.
//!
//! A group is a scenario, its function `workflows` is this library, its other functions are baselines; the throughput is
//! the number of units (steps, turns, branches, …) in an iteration.

mod baselines;
mod lasting;
mod scenarios;

use std::{
    fmt,
    future::Future,
    hint::black_box,
    sync::{Arc, Mutex},
    time::Duration,
};

use criterion::{
    BenchmarkGroup, Criterion, SamplingMode, Throughput, criterion_group, criterion_main,
    measurement::WallTime,
};
use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::runtime::Runtime;
use workflows::prelude::*;

use crate::scenarios::{CHAIN, Chain, FanOut, Joins, Turns};

const OURS: &str = "workflows";
/// Runs of a chain in one iteration, one after the other: the runtime is entered once for all of them.
const CHAIN_RUNS: u64 = 100;
const TURNS: u64 = 100_000;
const WIDTHS: [u64; 4] = [100, 1_000, 10_000, 100_000];
const JOINS: u64 = 1_000;
const CONCURRENT_RUNS: u64 = 10_000;
const EDITS: u64 = 1_000_000;
const EVENTS: u64 = 1_000_000;
/// Events between two pauses of the step that publishes them.
const BURST: u64 = 1_024;

#[state]
struct Count {
    edits: u64,
}

/// Edits its state as often as the input says.
struct Edits;

#[workflow]
impl Edits {
    #[step]
    async fn edit(&self, ctx: Context<Count>, Start(edits): Start<u64>) -> Result<Stop<u64>> {
        let mut last = 0;
        for _ in 0..edits {
            let edit = |count: &mut Count| {
                count.edits += 1;
                count.edits
            };
            last = ctx.store().edit_state(edit).await?;
        }
        Ok(Stop(last))
    }
}

#[event]
struct Progress(u64);

/// Publishes as many events as the input says, and pauses now and then so that the reader follows.
struct Publisher;

#[workflow]
impl Publisher {
    #[step]
    async fn publish(&self, ctx: Context, Start(events): Start<u64>) -> Stop<u64> {
        for n in 0..events {
            ctx.write_event_to_stream(Progress(n));
            if n % BURST == 0 {
                tokio::task::yield_now().await;
            }
        }
        Stop(events)
    }
}

struct Bench<'a> {
    runtime: Runtime,
    group: BenchmarkGroup<'a, WallTime>,
}

impl<'a> Bench<'a> {
    fn new(criterion: &'a mut Criterion, scenario: impl fmt::Display, units: u64) -> Self {
        let mut group = criterion.benchmark_group(scenario.to_string());
        group
            .sampling_mode(SamplingMode::Flat)
            .throughput(Throughput::Elements(units));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_time()
            .build()
            .expect("the system has threads for a runtime");
        Self { runtime, group }
    }

    /// Measures `work`, which is awaited on the thread of the benchmark.
    fn measure<F: Future>(&mut self, name: &str, work: impl Fn() -> F) -> &mut Self {
        let runtime = &self.runtime;
        self.group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(runtime.block_on(work())));
        });
        self
    }
}

/// Runs a workflow `times` times, one run after the other.
async fn runs<W: Workflow<Input = u64>>(runner: &Runner<W>, input: u64, times: u64) {
    for _ in 0..times {
        black_box(runner.run(black_box(input)).await.expect("the run stops"));
    }
}

/// `calls` plain steps, one after the other.
async fn direct(calls: u64) -> u64 {
    let mut n = 0;
    for _ in 0..calls {
        n = baselines::step(black_box(n)).await;
    }
    n
}

fn chain(criterion: &mut Criterion) {
    let runner = Runner::new(Chain);
    let steps = CHAIN * CHAIN_RUNS;
    Bench::new(criterion, "chain", steps)
        .measure(OURS, || runs(&runner, 0, CHAIN_RUNS))
        .measure("direct", || direct(steps))
        .measure("boxed", || baselines::boxed(steps));
}

fn turns(criterion: &mut Criterion) {
    let runner = Runner::new(Turns);
    Bench::new(criterion, "loop", TURNS)
        .measure(OURS, || runs(&runner, TURNS, 1))
        .measure("direct", || direct(TURNS))
        .measure("boxed", || baselines::boxed(TURNS));
}

fn fan_out(criterion: &mut Criterion) {
    let runner = Runner::new(FanOut);
    for width in WIDTHS {
        Bench::new(criterion, format_args!("fan-out-{width}"), width)
            .measure(OURS, || runs(&runner, width, 1))
            .measure("futures-unordered", || unordered(width));
    }
}

/// `width` plain steps at once.
async fn unordered(width: u64) -> usize {
    let steps: FuturesUnordered<_> = (0..width).map(baselines::step).collect();
    steps.collect::<Vec<u64>>().await.len()
}

fn join(criterion: &mut Criterion) {
    let runner = Runner::new(Joins);
    Bench::new(criterion, "join", JOINS)
        .measure(OURS, || runs(&runner, JOINS, 1))
        .measure("boxed", || baselines::boxed(2 * JOINS));
}

fn concurrent(criterion: &mut Criterion) {
    let runner = Runner::new(Chain);
    Bench::new(criterion, "concurrent", CHAIN * CONCURRENT_RUNS)
        .measure(OURS, || start_all(&runner))
        .measure("tokio-spawn", spawn_all);
}

async fn start_all(runner: &Runner<Chain>) {
    let started: Vec<_> = (0..CONCURRENT_RUNS)
        .map(|n| runner.run(n).start())
        .collect();
    for run in started {
        black_box(run.await.expect("the run stops"));
    }
}

async fn spawn_all() {
    let started: Vec<_> = (0..CONCURRENT_RUNS)
        .map(|_| tokio::spawn(direct(CHAIN)))
        .collect();
    for task in started {
        black_box(task.await.expect("the task ends"));
    }
}

fn edits(criterion: &mut Criterion) {
    let runner = Runner::new(Edits);
    Bench::new(criterion, "edits", EDITS)
        .measure(OURS, || runs(&runner, EDITS, 1))
        .measure("mutex", || lock_often(Arc::new(Mutex::new(0))));
}

async fn lock_often(count: Arc<Mutex<u64>>) {
    for _ in 0..EDITS {
        *black_box(&count).lock().expect("nothing panics here") += 1;
    }
}

fn stream(criterion: &mut Criterion) {
    let capacity = 2 * usize::try_from(EVENTS).expect("a million is a `usize`");
    let runner = Runner::builder(Publisher).stream_capacity(capacity).build();
    Bench::new(criterion, "stream", EVENTS)
        .measure(OURS, || read_all(&runner))
        .measure("mpsc", send_all);
}

async fn read_all(runner: &Runner<Publisher>) {
    let run = runner.run(EVENTS).start();
    let mut events = run.stream_events();
    let mut read = 0;
    while let Some(event) = events.next().await {
        read += u64::from(black_box(event).is::<Progress>());
    }
    assert_eq!(read, EVENTS);
}

/// Boxed events through a channel from one task to another.
async fn send_all() {
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let task = tokio::spawn(async move {
        for n in 0..EVENTS {
            // The reader reads to the end.
            let _ = sender.send(Box::new(Progress(n)));
            if n % BURST == 0 {
                tokio::task::yield_now().await;
            }
        }
    });
    while let Some(event) = receiver.recv().await {
        black_box(event);
    }
    task.await.expect("the task ends");
}

criterion_group! {
    name = engine;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1_500))
        .without_plots();
    targets = chain, turns, fan_out, join, concurrent, edits, stream,
        lasting::waits, lasting::once, lasting::snapshot, lasting::restore
}
criterion_main!(engine);
