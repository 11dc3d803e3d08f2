//! What every change must pass.

use std::process::{Command, Stdio};

use crate::command::{Failure, cargo, line, run};

/// Every check, in order, up to the first that fails.
pub(crate) fn run_all() -> Result<(), Failure> {
    for mut check in checks() {
        println!("$ {}", line(&check));
        // A check is built once: what serves the next build or a debugger would take three times the time and disk.
        check.envs([
            ("CARGO_INCREMENTAL", "0"),
            ("CARGO_PROFILE_DEV_DEBUG", "none"),
        ]);
        run(&mut check)?;
    }
    println!("ci: all checks passed");
    Ok(())
}

fn checks() -> Vec<Command> {
    let mut docs = cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
    docs.env("RUSTDOCFLAGS", "-D warnings");
    vec![
        cargo(&["fmt", "--all", "--check"]),
        cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "-D",
            "warnings",
        ]),
        // Builds the examples and runs the doctests: `--all-targets` would leave those out.
        cargo(&["test", "--workspace", "--all-features"]),
        docs,
        cargo(&[
            "clippy",
            "--package",
            "workflows",
            "--no-default-features",
            "--",
            "-D",
            "warnings",
        ]),
    ]
}

/// Checks the dependencies against `deny.toml`, where cargo-deny is installed.
pub(crate) fn deny() -> Result<(), Failure> {
    let mut version = cargo(&["deny", "--version"]);
    let installed = version.stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !installed.is_ok_and(|status| status.success()) {
        return Err(Failure::new(
            "cargo-deny is not installed: `cargo install --locked cargo-deny`",
        ));
    }
    run(&mut cargo(&["deny", "--all-features", "check"]))
}
