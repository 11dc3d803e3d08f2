//! The workspace's own commands: `cargo xtask <command>`.

use std::process::ExitCode;

mod bench;
mod ci;
mod command;
mod compile;
mod estimates;
mod table;

const USAGE: &str = "\
usage: cargo xtask <command>

  ci              everything that a change must pass
  deny            the licences, bans and sources of the dependencies (needs cargo-deny)
  bench           what the engine costs: time, allocations, memory
  bench compile   what the macros cost: time to check a workflow, per step
  bench peers     other libraries on the same scenarios";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["ci"] => ci::run_all(),
        ["deny"] => ci::deny(),
        ["bench"] | ["bench", "engine"] => bench::engine(),
        ["bench", "compile"] => compile::measure(),
        ["bench", "peers"] => bench::peers(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::from(failure.code)
        }
    }
}
