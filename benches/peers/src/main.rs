//! Prints the table: what a step costs in each scenario with each library.
//!
//! Everything runs in one process on one runtime. For each scenario every library first has a
//! warm-up; the repeats then go round the libraries, starting with another one each time, and the
//! median of a library's repeats is what the table shows. The allocations come from `counts`, the
//! other binary of this crate.

use std::collections::HashMap;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use peers::{Case, LIBRARIES, SCENARIOS, Scenario, runtime};
use tokio::runtime::Runtime;

/// The library that the ratio lines compare the others with, when it is there.
const OURS: &str = "workflows";
const REPEATS: usize = 5;
/// Time between two repeats, for what a library has left to clean up after its runs.
const SETTLE: Duration = Duration::from_millis(20);
const LABEL: usize = 24;
const CELL: usize = 18;

/// Microseconds per step of each library, in the order of the columns.
type Row = Vec<Option<f64>>;

/// Allocations per step by library and scenario.
type Counts = HashMap<(String, String), f64>;

fn main() -> Result<()> {
    let counts = counts()?;
    let runtime = runtime()?;
    println!("µs per step (allocations per step), median of {REPEATS}\n");
    println!(
        "{}",
        line("", LIBRARIES.iter().map(|library| library.name.to_owned()))
    );
    for scenario in SCENARIOS {
        let row = measure(&runtime, scenario)?;
        println!("{}", line(scenario.name, cells(scenario, &row, &counts)));
        if let Some(ratios) = ratios(&row) {
            println!("{}", line(&format!("  × {OURS}"), ratios.into_iter()));
        }
    }
    Ok(())
}

fn measure(runtime: &Runtime, scenario: &Scenario) -> Result<Row> {
    let cases = LIBRARIES
        .iter()
        .map(|library| (scenario.build)(library)())
        .collect::<Result<Vec<Option<Case>>>>()?;
    let mut times = vec![Vec::new(); cases.len()];
    for case in cases.iter().flatten() {
        time(runtime, scenario, case)?;
    }
    for first in 0..REPEATS {
        for index in (0..cases.len()).map(|offset| (first + offset) % cases.len()) {
            if let Some(case) = &cases[index] {
                times[index].push(time(runtime, scenario, case)?);
            }
        }
    }
    Ok(times.into_iter().map(median).collect())
}

/// Microseconds per step of one repeat.
fn time(runtime: &Runtime, scenario: &Scenario, case: &Case) -> Result<f64> {
    thread::sleep(SETTLE);
    let start = Instant::now();
    runtime.block_on(scenario.repeat(case))?;
    Ok(start.elapsed().as_secs_f64() * 1e6 / scenario.total() as f64)
}

fn median(mut times: Vec<f64>) -> Option<f64> {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied()
}

/// Runs `counts`, which lies next to this binary.
fn counts() -> Result<Counts> {
    let path = std::env::current_exe()?.with_file_name("counts");
    let output = Command::new(path)
        .output()
        .context("`counts` is missing: build with `cargo build --release` before")?;
    ensure!(
        output.status.success(),
        "`counts` failed: {}",
        output.status
    );
    let lines = String::from_utf8(output.stdout)?;
    lines.lines().map(count).collect()
}

fn count(line: &str) -> Result<((String, String), f64)> {
    let mut fields = line.split('\t');
    let mut field = || fields.next().with_context(|| format!("short line: {line}"));
    let key = (field()?.to_owned(), field()?.to_owned());
    Ok((key, field()?.parse()?))
}

fn cells(scenario: &Scenario, row: &Row, counts: &Counts) -> impl Iterator<Item = String> {
    LIBRARIES.iter().zip(row).map(|(library, time)| {
        let key = (library.name.to_owned(), scenario.name.to_owned());
        match (time, counts.get(&key)) {
            (Some(time), Some(count)) => format!("{time:.3} ({count:.1})"),
            (Some(time), None) => format!("{time:.3}"),
            (None, _) => String::from("-"),
        }
    })
}

fn ratios(row: &Row) -> Option<Vec<String>> {
    let column = LIBRARIES.iter().position(|library| library.name == OURS)?;
    let ours = row[column]?;
    let ratio = |time: &Option<f64>| match time {
        Some(time) => format!("{:.2}", time / ours),
        None => String::from("-"),
    };
    Some(row.iter().map(ratio).collect())
}

fn line(label: &str, cells: impl Iterator<Item = String>) -> String {
    cells.fold(format!("{label:<LABEL$}"), |line, cell| {
        line + &format!("{cell:>CELL$}")
    })
}
