//! Follows a run: a progress bar, fed from the run's events, and Ctrl-C.

use std::{fmt, pin::pin};

use indicatif::{ProgressBar, ProgressStyle};
use workflows::{Lagged, StreamEvent, prelude::*};

use super::{
    events::{Listed, Looked},
    flow::Digest,
    report::Summary,
};

const STYLE: &str = "{bar:40} {human_pos}/{human_len} {eta} {wide_msg}";

/// How far a run has got.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// The number of files, once the folder is listed.
    files: Option<u64>,
    done: u64,
}

impl Progress {
    /// Nothing is done yet.
    pub(crate) fn new() -> Self {
        Self {
            bar: ProgressBar::no_length(),
            files: None,
            done: 0,
        }
    }

    /// Shows the run until it ends; Ctrl-C cancels it.
    pub(crate) async fn follow(&mut self, run: RunHandle<Digest>) -> Result<Summary, RunError> {
        let mut events = run.stream_events();
        let mut interrupted = pin!(interrupted());
        let mut cancelled = false;
        loop {
            tokio::select! {
                event = events.next() => match event {
                    Some(event) => self.see(&event),
                    None => break,
                },
                () = &mut interrupted, if !cancelled => {
                    cancelled = true;
                    run.cancel();
                }
            }
        }
        self.bar.finish_and_clear();
        run.await
    }

    fn see(&mut self, event: &StreamEvent) {
        if let Some(Listed { files }) = event.downcast_ref() {
            self.begin(*files);
        } else if let Some(Looked { path }) = event.downcast_ref() {
            self.bar.set_message(path.display().to_string());
            self.advance(1);
        } else if let Some(lagged) = event.downcast_ref::<Lagged>() {
            self.advance(lagged.missed);
        }
    }

    fn begin(&mut self, files: u64) {
        self.files = Some(files);
        self.bar.set_length(files);
        if let Ok(style) = ProgressStyle::with_template(STYLE) {
            self.bar.set_style(style);
        }
        if self.bar.is_hidden() {
            eprintln!("reading {files} files");
        }
    }

    fn advance(&mut self, files: u64) {
        self.done += files;
        self.bar.inc(files);
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.files {
            Some(files) => write!(f, "after {} of {files} files", self.done),
            None => f.write_str("while listing the folder"),
        }
    }
}

/// Waits for Ctrl-C; for ever where the system does not tell.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
