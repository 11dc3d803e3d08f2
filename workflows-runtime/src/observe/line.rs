//! A run in lines for a terminal.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    time::Duration,
};

use workflows_core::{Ending, Routes};

use super::{
    events::{Given, Taken, Told},
    spans::explanation,
};
use crate::run_id::RunId;

/// Writes a line to stderr for everything that is told of a run.
pub(super) struct Printer {
    /// The workflow, and the end of the run's id: enough to tell a few runs apart.
    run: String,
}

impl Printer {
    pub(super) fn new(id: RunId, workflow: &str) -> Self {
        let id = id.to_string();
        let (_, end) = id.split_at(id.len() - 4);
        Self {
            run: format!("{workflow} {end}"),
        }
    }

    pub(super) fn print(&self, told: &Told) {
        let (at, line) = line(told);
        self.write(at, &line);
    }

    pub(super) fn print_end(&self, ending: &Ending, routes: &Routes, at: Duration) {
        self.write(at, &format!("■ {}", explanation(ending, routes)));
    }

    fn write(&self, at: Duration, line: &str) {
        let Self { run } = self;
        let seconds = at.as_secs_f64();
        // Whoever closes stderr wants none of it.
        let _ = writeln!(io::stderr().lock(), "{run} {seconds:9.3} s  {line}");
    }
}

/// When something happened, and what.
fn line(told: &Told) -> (Duration, String) {
    match told {
        Told::StepStarted(told) => {
            let name = name(&told.step, told.invocation);
            let sign = if told.attempt == 1 { '▶' } else { '↻' };
            let line = format!(
                "{sign} {name}{}{}",
                attempt(told.attempt),
                taken(&told.events)
            );
            (told.at, line)
        }
        Told::StepFinished(told) => {
            let name = name(&told.step, told.invocation);
            let line = format!("✔ {name}{} ({:.1?})", given(&told.emitted), told.took);
            (told.at, line)
        }
        Told::StepAttemptFailed(told) => {
            let name = name(&told.step, told.invocation);
            let verb = if told.is_panic { "panicked" } else { "failed" };
            let mut line = format!(
                "✘ {name} attempt {} {verb} ({:.1?}): {}",
                told.attempt, told.took, told.error
            );
            if let Some(delay) = told.retry_in {
                let _ = write!(line, "; again in {delay:.1?}");
            }
            (told.at, line)
        }
        Told::StepWaiting(told) => {
            let mut line = format!("⏸ {}", name(&told.step, told.invocation));
            line += &match (&*told.events, told.timeout) {
                ([], Some(time)) => format!(" sleeps for {time:.1?}"),
                (events, None) => format!(" waits for {}", events.join(" or ")),
                (events, Some(time)) => {
                    format!(" waits for {}, at most {time:.1?}", events.join(" or "))
                }
            };
            (told.at, line)
        }
        Told::StepResumed(told) => {
            let name = name(&told.step, told.invocation);
            let line = match &told.event {
                Some(event) => format!("⏵ {name} ← {event}{}", from(told.from)),
                None => format!("⏵ {name}: its time has come"),
            };
            (told.at, line)
        }
        Told::RunIdle(told) => (told.at, idle(told.wakes_in, &told.waiting)),
        Told::RunPaused(told) => (told.at, "‖ paused".to_owned()),
        Told::RunResumed(told) => (told.at, "⏵ resumed".to_owned()),
        Told::EventUnhandled(told) => {
            let end = if told.kept { ", it is kept" } else { "" };
            let event = &told.event;
            (told.at, format!("? {event} came and nothing takes it{end}"))
        }
    }
}

fn idle(wakes_in: Option<Duration>, waiting: &[String]) -> String {
    let mut line = "· idle".to_owned();
    if let Some(time) = wakes_in {
        let _ = write!(line, " for {time:.1?}");
    }
    if !waiting.is_empty() {
        let _ = write!(line, ", in the middle of {}", waiting.join(", "));
    }
    line
}

fn name(step: &str, invocation: u64) -> String {
    format!("{step} #{invocation}")
}

fn attempt(attempt: u32) -> String {
    match attempt {
        1 => String::new(),
        n => format!(" attempt {n}"),
    }
}

fn taken(events: &[Taken]) -> String {
    let one = |taken: &Taken| {
        let event = times(&taken.event, taken.count);
        format!("{event}{}", from(taken.from))
    };
    listed(" ← ", events.iter().map(one))
}

fn given(events: &[Given]) -> String {
    listed(
        " → ",
        events.iter().map(|given| times(&given.event, given.count)),
    )
}

fn from(invocation: Option<u64>) -> String {
    invocation.map_or_else(String::new, |invocation| format!(" of #{invocation}"))
}

fn times(event: &str, count: u64) -> String {
    match count {
        1 => event.to_owned(),
        n => format!("{n} {event}"),
    }
}

/// At most six of them.
fn listed(sign: &str, words: impl ExactSizeIterator<Item = String>) -> String {
    const MOST: usize = 6;
    let more = words.len().saturating_sub(MOST);
    let words: Vec<_> = words.take(MOST).collect();
    match (words.is_empty(), more) {
        (true, _) => String::new(),
        (false, 0) => format!("{sign}{}", words.join(", ")),
        (false, more) => format!("{sign}{} and {more} more", words.join(", ")),
    }
}
