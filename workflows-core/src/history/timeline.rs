//! The course of a run as text: a line for each invocation.

use std::{fmt::Write, time::Duration};

use super::{History, PastInvocation};

/// How wide the bars are, in characters.
const WIDTH: usize = 48;
/// The most invocations that have a line.
const MOST: usize = 200;

pub(super) fn render(history: &History) -> String {
    let mut out = header(history);
    let names: Vec<_> = history.invocations().take(MOST).map(name).collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or(0);
    for (invocation, name) in history.invocations().zip(&names) {
        let bar = bar(invocation, history.elapsed());
        let notes = invocation.notes(history).join(", ");
        let _ = writeln!(out, "  {name:<width$} ▕{bar}▏ {notes}");
    }
    let more = history.invocations().len().saturating_sub(MOST);
    if more > 0 {
        let _ = writeln!(out, "  … and {more} more");
    }
    out
}

fn header(history: &History) -> String {
    let name = history.graph().name();
    format!("{name}: {}\n\n", history.summary())
}

fn name(invocation: &PastInvocation) -> String {
    format!("{} #{}", invocation.step.name, invocation.number)
}

/// Which parts of the run's time an invocation took.
fn bar(invocation: &PastInvocation, elapsed: Duration) -> String {
    let mut bar = [' '; WIDTH];
    let place = |at: Duration| {
        let share = at.as_secs_f64() / elapsed.as_secs_f64().max(f64::MIN_POSITIVE);
        // Truncation is what is wanted: the cell that the time falls into.
        ((share * WIDTH as f64) as usize).min(WIDTH - 1)
    };
    let mut fill = |from: Duration, to: Duration, sign: char| {
        bar[place(from)..=place(to)].fill(sign);
    };
    let last = invocation.ended().unwrap_or(elapsed);
    fill(invocation.began(), last, '·');
    for attempt in &invocation.attempts {
        fill(attempt.began, attempt.ended.unwrap_or(elapsed), '█');
    }
    for (from, to) in &invocation.waits {
        fill(*from, to.unwrap_or(elapsed), '░');
    }
    for attempt in &invocation.attempts {
        if let (Some(ended), Some(_)) = (attempt.ended, &attempt.error) {
            fill(ended, ended, '✘');
        }
    }
    bar.iter().collect()
}
