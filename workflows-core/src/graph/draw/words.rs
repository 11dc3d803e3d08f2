//! The words that the formats have in common.

use crate::graph::{ExecutionMode, ResourceSpec, StepSpec, Trigger};

/// The word for where questions go to and answers come from.
pub(super) const OUTSIDE: &str = "outside";

/// The first line of a doc comment.
pub(super) fn headline(doc: &str) -> &str {
    doc.trim().lines().next().unwrap_or_default().trim()
}

/// What is special about a step: its kind, where it runs, and how many workers it has if not the default.
pub(super) fn notes(step: &StepSpec) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(kind(&step.trigger));
    notes.extend(mode(step.mode).map(str::to_owned));
    notes.extend(workers(step.workers));
    notes.extend(step.retry.map(|_| "retries".to_owned()));
    notes.extend(step.timeout.map(|timeout| format!("{timeout:?}")));
    notes.extend(resources(step.resources));
    notes
}

/// What a step needs, each once.
fn resources(resources: &[ResourceSpec]) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for resource in resources {
        if !names.contains(&resource.name) {
            names.push(resource.name);
        }
    }
    (!names.is_empty()).then(|| format!("needs {}", names.join(", ")))
}

fn kind(trigger: &Trigger) -> Option<String> {
    match trigger {
        Trigger::Each(_) => None,
        Trigger::Join(_) => Some("join".to_owned()),
        Trigger::Collect { take: None, .. } => Some("collect".to_owned()),
        Trigger::Collect { take: Some(n), .. } => Some(format!("take {n}")),
        Trigger::Failure { of: [], .. } => Some("catches failures".to_owned()),
        Trigger::Failure { of, .. } => Some(format!("catches {}", of.join(", "))),
    }
}

fn mode(mode: ExecutionMode) -> Option<&'static str> {
    match mode {
        ExecutionMode::Inline => None,
        ExecutionMode::Spawn => Some("spawn"),
        ExecutionMode::Blocking => Some("blocking"),
    }
}

fn workers(workers: u32) -> Option<String> {
    match workers {
        StepSpec::DEFAULT_WORKERS => None,
        1 => Some("1 worker".to_owned()),
        n => Some(format!("{n} workers")),
    }
}

/// The name of an event where it travels: alone, or as one of many.
pub(super) fn travelling(label: &str, many: bool) -> String {
    if many {
        format!("Vec<{label}>")
    } else {
        label.to_owned()
    }
}

/// A name with its number, where there are several.
pub(super) fn counted(name: &str, count: u64) -> String {
    match count {
        1 => name.to_owned(),
        n => format!("{name} ×{n}"),
    }
}

/// Breaks `text` between words into lines of at most `width` characters; a longer word keeps a line for itself.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_headline_is_the_first_line_that_is_not_empty() {
        assert_eq!(headline("\n  Writes.  \n\nAnd more."), "Writes.");
        assert_eq!(headline(""), "");
    }

    #[test]
    fn wrapping_breaks_between_words_only() {
        assert_eq!(
            wrap("one two three incomprehensibilities", 8),
            ["one two", "three", "incomprehensibilities"]
        );
        assert!(wrap("", 8).is_empty());
    }
}
