//! `cargo xtask bench compile`: what the attributes cost the compiler, beside the same code without them.

mod sample;

use std::{
    fs, io,
    path::PathBuf,
    time::{Duration, Instant},
};

use self::sample::{Kind, Sample};
use crate::{
    command::{self, Failure, cargo, run, target},
    table,
};

const SIZES: [usize; 3] = [10, 50, 200];
const REPEATS: u32 = 3;

/// Measures `cargo check` of workflows of several sizes.
pub(crate) fn measure() -> Result<(), Failure> {
    let project = Project::create()?;
    let mut rows = Vec::new();
    for steps in SIZES {
        let [typed, plain] = [Kind::Typed, Kind::Plain].map(|kind| Sample { steps, kind });
        rows.push(project.row("clean", &typed, &plain, Project::clean)?);
        rows.push(project.row("a body touched", &typed, &plain, Project::touch)?);
    }
    let heading = ["cargo check", "steps", "ms", "over plain", "a step"];
    table::print(&heading, &rows);
    Ok(())
}

/// A generated workspace with one crate for each sample, which share what they depend on.
struct Project {
    folder: PathBuf,
}

impl Project {
    fn create() -> Result<Self, Failure> {
        let project = Self {
            folder: target().join("bench-compile"),
        };
        project.write().map_err(|error| {
            Failure::new(format!("writing {}: {error}", project.folder.display()))
        })?;
        // Builds what the samples depend on.
        run(&mut project.cargo(&["check", "--quiet", "--workspace"]))?;
        Ok(project)
    }

    fn write(&self) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let workspace = "[workspace]\nresolver = \"3\"\nmembers = [\"typed-*\", \"plain-*\"]\n";
        fs::write(self.folder.join("Cargo.toml"), workspace)?;
        fs::copy(
            command::root().join("Cargo.lock"),
            self.folder.join("Cargo.lock"),
        )?;
        for steps in SIZES {
            for kind in [Kind::Typed, Kind::Plain] {
                self.write_sample(&Sample { steps, kind })?;
            }
        }
        Ok(())
    }

    fn write_sample(&self, sample: &Sample) -> io::Result<()> {
        let folder = self.folder.join(sample.name());
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("Cargo.toml"), sample.manifest(command::root()))?;
        fs::write(folder.join("src/lib.rs"), sample.source(0))
    }

    /// Measures both samples in turn, each prepared by `prepare`, and compares their medians.
    fn row(
        &self,
        what: &str,
        typed: &Sample,
        plain: &Sample,
        prepare: fn(&Self, &Sample, u32) -> Result<(), Failure>,
    ) -> Result<Vec<String>, Failure> {
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for repeat in 1..=REPEATS {
            prepare(self, typed, repeat)?;
            with.push(self.check(typed)?);
            prepare(self, plain, repeat)?;
            without.push(self.check(plain)?);
        }
        let total = median(with);
        let over = total - median(without);
        Ok(vec![
            what.to_owned(),
            typed.steps.to_string(),
            format!("{total:.0}"),
            format!("{over:.0}"),
            format!("{:.2}", over / typed.steps as f64),
        ])
    }

    /// Removes what has been built of a sample.
    fn clean(&self, sample: &Sample, _: u32) -> Result<(), Failure> {
        run(&mut self.cargo(&["clean", "--quiet", "-p", &sample.name()]))
    }

    /// Changes the body of one step.
    fn touch(&self, sample: &Sample, repeat: u32) -> Result<(), Failure> {
        let file = self.folder.join(sample.name()).join("src/lib.rs");
        fs::write(&file, sample.source(repeat))
            .map_err(|error| Failure::new(format!("writing {}: {error}", file.display())))
    }

    fn check(&self, sample: &Sample) -> Result<Duration, Failure> {
        let mut check = self.cargo(&["check", "--quiet", "-p", &sample.name()]);
        let start = Instant::now();
        run(&mut check)?;
        Ok(start.elapsed())
    }

    fn cargo(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = cargo(arguments);
        command
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"));
        command
    }
}

/// The median in milliseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1_000.0
}
