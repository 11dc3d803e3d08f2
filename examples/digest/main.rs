//! Writes a digest of a folder: what its text files are about, which of them nearly repeat each other, what stands in
//! them, where they link to.
//!
//! `cargo run --release --example digest -- [FOLDER] [--out DIR]` writes `digest.md` and `digest.svg`, the picture of
//! the workflow that wrote it. One step invocation reads one file and keeps only a small profile of it, so a folder
//! may be as large as it likes. Ctrl-C stops it. Exit codes: 0 written, 1 failed, 2 wrong arguments, 130 interrupted.

mod analyse;
pub(crate) mod compare;
mod events;
pub(crate) mod flow;
mod kind;
mod look;
mod outline;
mod rank;
pub(crate) mod report;
mod terms;
mod walk;
mod watch;

use std::{
    fmt::Display,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use workflows::prelude::*;

use self::{flow::Digest, watch::Progress};

/// Progress events are read as they come; a slow terminal misses some instead of filling the memory.
const STREAM_CAPACITY: usize = 4_096;

const FAILED: u8 = 1;
const WRONG_ARGUMENTS: u8 = 2;
const INTERRUPTED: u8 = 130;

/// Writes a digest of the text files of a folder.
#[derive(Parser)]
struct Args {
    /// The folder to read; what its `.gitignore` names is left out.
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Where `digest.md` and `digest.svg` go.
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

fn main() -> ExitCode {
    let args = Args::parse();
    if let Err(error) = check(&args) {
        return refuse(WRONG_ARGUMENTS, error);
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(FAILED, error),
    };
    let code = runtime.block_on(digest(args));
    // A file that is being read when Ctrl-C comes is not waited for.
    runtime.shutdown_background();
    code
}

fn refuse(code: u8, error: impl Display) -> ExitCode {
    eprintln!("digest: {error}");
    ExitCode::from(code)
}

/// Tells what is wrong with the arguments before any work is done.
fn check(args: &Args) -> io::Result<()> {
    let named = |path: &Path, error: &dyn Display| {
        io::Error::other(format!("`{}`: {error}", path.display()))
    };
    let folder = fs::metadata(&args.folder).map_err(|error| named(&args.folder, &error))?;
    if !folder.is_dir() {
        return Err(named(&args.folder, &"this is not a folder"));
    }
    fs::create_dir_all(&args.out).map_err(|error| named(&args.out, &error))
}

async fn digest(Args { folder, out }: Args) -> ExitCode {
    let written = report::paths(&out).map(|path| path.display().to_string());
    let runner = Runner::builder(Digest { folder, out })
        .stream_capacity(STREAM_CAPACITY)
        .build();
    let mut progress = Progress::new();
    match progress.follow(runner.run(()).start()).await {
        Ok(summary) => {
            println!(
                "{}\nwritten: {}",
                report::table(&summary),
                written.join(", ")
            );
            ExitCode::SUCCESS
        }
        Err(RunError::Cancelled { .. }) => refuse(INTERRUPTED, format!("interrupted {progress}")),
        // `Debug` of a `RunError` tells the whole chain of causes.
        Err(error) => refuse(FAILED, format!("{error:?}")),
    }
}
