//! `cargo xtask bench`: runs the benchmarks and prints one table.

use std::io;

use crate::{
    command::{Failure, cargo, output, run},
    estimates::nanoseconds,
    table,
};

/// Our own function in every scenario.
const OURS: &str = "workflows";

/// A scenario of `benches/engine.rs` or `benches/footprint.rs`.
struct Scenario {
    id: &'static str,
    title: &'static str,
    baselines: &'static [&'static str],
}

const fn scenario(
    id: &'static str,
    title: &'static str,
    baselines: &'static [&'static str],
) -> Scenario {
    Scenario {
        id,
        title,
        baselines,
    }
}

const TIMES: &[Scenario] = &[
    scenario("chain", "chain of 10, ns a step", &["boxed", "direct"]),
    scenario("loop", "loop of 100,000, ns a turn", &["boxed", "direct"]),
    scenario(
        "fan-out-100",
        "fan-out of 100, ns a branch",
        &["futures-unordered"],
    ),
    scenario(
        "fan-out-1000",
        "fan-out of 1,000, ns a branch",
        &["futures-unordered"],
    ),
    scenario(
        "fan-out-10000",
        "fan-out of 10,000, ns a branch",
        &["futures-unordered"],
    ),
    scenario(
        "fan-out-100000",
        "fan-out of 100,000, ns a branch",
        &["futures-unordered"],
    ),
    scenario("join", "join of two, 2 steps, ns a join", &["boxed"]),
    scenario(
        "concurrent",
        "10,000 runs of 10 at once, ns a step",
        &["tokio-spawn"],
    ),
    scenario("edits", "1,000,000 state edits, ns an edit", &["mutex"]),
    scenario("stream", "stream of 1,000,000, ns an event", &["mpsc"]),
    scenario(
        "waits",
        "question and answer, one thread, ns a wait",
        &["oneshot"],
    ),
    scenario("once", "8 results kept a step, ns a result", &["map"]),
    scenario(
        "snapshot",
        "snapshot of 1,000 events, ns an event",
        &["serde-json"],
    ),
    scenario(
        "restore",
        "restore of 1,000 events, ns an event",
        &["serde-json"],
    ),
];

/// The rows of `footprint` that compare us with a baseline.
const COUNTS: &[Scenario] = &[
    scenario("chain", "chain of 10, allocations a step", &["boxed"]),
    scenario("loop", "loop of 10,000, allocations a turn", &["boxed"]),
    scenario(
        "fan-out-100",
        "fan-out of 100, allocations a branch",
        &["boxed"],
    ),
    scenario("join", "join of two, allocations a join", &["boxed"]),
    scenario("idle", "10,000 idle runs, bytes a run", &["tokio-spawn"]),
    scenario(
        "parked",
        "10,000 runs that wait for an answer, bytes a run",
        &["oneshot"],
    ),
];

/// Measures the engine.
pub(crate) fn engine() -> Result<(), Failure> {
    let bench = &mut cargo(&["bench", "--bench", "engine", "--", "--quiet"]);
    run(bench.stdout(io::stderr()))?;
    let footprint = output(&mut cargo(&["bench", "--quiet", "--bench", "footprint"]))?;
    let mut rows = time_rows()?;
    rows.extend(count_rows(&footprint)?);
    println!();
    table::print(
        &["scenario", OURS, "baseline", "compared with", "ratio"],
        &rows,
    );
    Ok(())
}

/// Runs the comparison with other libraries, which is a workspace of its own.
pub(crate) fn peers() -> Result<(), Failure> {
    let of_peers = ["--release", "--manifest-path", "benches/peers/Cargo.toml"];
    // The binary that counts allocations too: the other one runs it.
    run(cargo(&["build", "--bins"]).args(of_peers))?;
    run(cargo(&["run", "--bin", "peers"]).args(of_peers))
}

fn time_rows() -> Result<Vec<Vec<String>>, Failure> {
    rows(TIMES, nanoseconds)
}

fn count_rows(footprint: &str) -> Result<Vec<Vec<String>>, Failure> {
    let figure = |scenario: &str, name: &str| figure(footprint, scenario, name);
    let mut rows = rows(COUNTS, figure)?;
    rows.push(row(
        "loop of 10,000,000, most bytes on the heap",
        figure("peak", "10000000")?,
        figure("peak", "1000000")?,
        "loop of 1,000,000",
    ));
    Ok(rows)
}

fn rows(
    scenarios: &[Scenario],
    figure: impl Fn(&str, &str) -> Result<f64, Failure>,
) -> Result<Vec<Vec<String>>, Failure> {
    let mut rows = Vec::new();
    for scenario in scenarios {
        let ours = figure(scenario.id, OURS)?;
        for baseline in scenario.baselines {
            rows.push(row(
                scenario.title,
                ours,
                figure(scenario.id, baseline)?,
                baseline,
            ));
        }
    }
    Ok(rows)
}

fn row(title: &str, ours: f64, theirs: f64, baseline: &str) -> Vec<String> {
    vec![
        title.to_owned(),
        format!("{ours:.1}"),
        format!("{theirs:.1}"),
        baseline.to_owned(),
        format!("{:.2}", ours / theirs),
    ]
}

/// The value in the line `scenario <tab> name <tab> value`.
fn figure(lines: &str, scenario: &str, name: &str) -> Result<f64, Failure> {
    let start = format!("{scenario}\t{name}\t");
    lines
        .lines()
        .find_map(|line| line.strip_prefix(&start)?.parse().ok())
        .ok_or_else(|| Failure::new(format!("footprint printed no `{name}` for `{scenario}`")))
}
