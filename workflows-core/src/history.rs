//! What happened in one run: which step ran when, how often it was tried, and which events led from one to the next.
//!
//! A history is told, in order, what the run does; the runtime does that. It draws itself like a
//! [`Graph`](crate::Graph), with the invocations in place of the steps.

mod timeline;

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;

use crate::graph::{Graph, StepSpec};

/// What happened in one run so far.
#[derive(Clone, Debug)]
pub struct History {
    graph: Graph,
    invocations: BTreeMap<u64, PastInvocation>,
    elapsed: Duration,
    end: Option<PastEnd>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PastEnd {
    /// In a few words.
    pub how: String,
    /// Whether it ended with its `Stop`.
    pub is_success: bool,
}

/// An invocation of a step, as it was seen.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PastInvocation {
    /// Counts the invocations of the run.
    pub number: u64,
    /// The step.
    #[serde(serialize_with = "name_of")]
    pub step: &'static StepSpec,
    /// What it ran on, and what answered its waits.
    pub causes: Vec<Cause>,
    /// What it emitted: the names of the events, each with its number.
    pub emitted: Vec<(String, u64)>,
    /// Its attempts, in order.
    pub attempts: Vec<PastAttempt>,
    /// When it waited, from and to; `None`: it still did at the end.
    pub waits: Vec<(Duration, Option<Duration>)>,
    /// Whether it came to its end: it returned, or failed for good.
    pub is_done: bool,
}

fn name_of<S: serde::Serializer>(step: &StepSpec, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(step.name)
}

/// Events of one type that came from one invocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The name of the event.
    pub event: String,
    /// The number of the invocation; `None` for what comes from outside.
    pub from: Option<u64>,
    /// How many.
    pub count: u64,
}

/// One try of an invocation. Times count from the beginning of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PastAttempt {
    /// When it began.
    pub began: Duration,
    /// When it ended; `None`: it did not.
    pub ended: Option<Duration>,
    /// Why it failed, where it did.
    pub error: Option<String>,
}

impl PastInvocation {
    /// When the first attempt began.
    #[must_use]
    pub fn began(&self) -> Duration {
        self.attempts.first().map_or(Duration::ZERO, |of| of.began)
    }

    /// When the last attempt ended; `None`: it did not.
    #[must_use]
    pub fn ended(&self) -> Option<Duration> {
        self.attempts.last()?.ended
    }

    /// Why it failed for good, where it did.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        let last = self.attempts.last().filter(|_| self.is_done)?;
        last.error.as_deref()
    }

    /// From the beginning of the first attempt to the end of the last, or to `now`.
    pub(crate) fn took(&self, now: Duration) -> Duration {
        let ended = self.ended().unwrap_or(now);
        ended.saturating_sub(self.began())
    }
}

impl History {
    /// That of a run in which nothing has happened.
    #[must_use]
    pub const fn new(graph: Graph) -> Self {
        Self {
            graph,
            invocations: BTreeMap::new(),
            elapsed: Duration::ZERO,
            end: None,
        }
    }

    /// The workflow's graph.
    #[must_use]
    pub const fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The invocations, by their numbers.
    pub fn invocations(&self) -> impl ExactSizeIterator<Item = &PastInvocation> {
        self.invocations.values()
    }

    /// The invocation of this number.
    #[must_use]
    pub fn invocation(&self, number: u64) -> Option<&PastInvocation> {
        self.invocations.get(&number)
    }

    /// How long the run had been under way when the last thing happened.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// How the run ended; `None`: it goes on.
    #[must_use]
    pub const fn end(&self) -> Option<&PastEnd> {
        self.end.as_ref()
    }

    /// The history as JSON: a public format, to which fields may be added.
    ///
    /// # Panics
    /// Never: it holds numbers and text.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let invocations: Vec<_> = self.invocations().collect();
        serde_json::json!({
            "workflow": self.graph.name(),
            "elapsed": self.elapsed,
            "end": self.end,
            "invocations": invocations,
        })
    }

    /// The course of the run for a terminal: a line for each invocation, with a bar that shows when it ran.
    ///
    /// In a bar `█` is work, `░` waiting, `✘` the end of an attempt that failed, `·` the time until the next one.
    #[must_use]
    pub fn to_text(&self) -> String {
        timeline::render(self)
    }

    /// An attempt begins. Steps that the graph does not have are not noted.
    pub fn note_attempt(&mut self, number: u64, step: &str, causes: Vec<Cause>, at: Duration) {
        self.elapsed = self.elapsed.max(at);
        let steps = self.graph.steps();
        let Some(step) = steps.iter().find(|known| known.name == step) else {
            return;
        };
        let invocation = self.invocations.entry(number);
        let invocation = invocation.or_insert_with(|| PastInvocation {
            number,
            step,
            causes,
            emitted: Vec::new(),
            attempts: Vec::new(),
            waits: Vec::new(),
            is_done: false,
        });
        invocation.attempts.push(PastAttempt {
            began: at,
            ended: None,
            error: None,
        });
    }

    /// An invocation has returned, after its last attempt had taken so long.
    pub fn note_return(
        &mut self,
        number: u64,
        emitted: Vec<(String, u64)>,
        took: Duration,
        at: Duration,
    ) {
        if let Some(invocation) = self.at(number, at) {
            invocation.end_attempt(took, None);
            invocation.emitted = emitted;
            invocation.is_done = true;
        }
    }

    /// An attempt has failed after such a time, for good or not.
    pub fn note_failure(
        &mut self,
        number: u64,
        error: String,
        for_good: bool,
        took: Duration,
        at: Duration,
    ) {
        if let Some(invocation) = self.at(number, at) {
            invocation.end_attempt(took, Some(error));
            invocation.is_done = for_good;
        }
    }

    /// An invocation begins to wait.
    pub fn note_wait(&mut self, number: u64, at: Duration) {
        if let Some(invocation) = self.at(number, at) {
            invocation.waits.push((at, None));
        }
    }

    /// A wait is over: `cause` came, or the time was over.
    pub fn note_answer(&mut self, number: u64, cause: Option<Cause>, at: Duration) {
        if let Some(invocation) = self.at(number, at) {
            invocation.causes.extend(cause);
            let open = invocation.waits.iter_mut().find(|(_, to)| to.is_none());
            if let Some((_, to)) = open {
                *to = Some(at);
            }
        }
    }

    /// The run has ended; without a time, when the last thing happened.
    pub fn note_end(&mut self, how: impl Into<String>, is_success: bool, at: Option<Duration>) {
        self.elapsed = self.elapsed.max(at.unwrap_or_default());
        self.end = Some(PastEnd {
            how: how.into(),
            is_success,
        });
    }

    /// The run in a few words.
    pub(crate) fn summary(&self) -> String {
        let how = self.end().map_or("under way", |end| &end.how);
        let (elapsed, count) = (self.elapsed, self.invocations.len());
        let word = if count == 1 {
            "invocation"
        } else {
            "invocations"
        };
        format!("{how}, {elapsed:.1?}, {count} {word}")
    }

    fn at(&mut self, number: u64, at: Duration) -> Option<&mut PastInvocation> {
        self.elapsed = self.elapsed.max(at);
        self.invocations.get_mut(&number)
    }
}

impl PastInvocation {
    fn end_attempt(&mut self, took: Duration, error: Option<String>) {
        if let Some(attempt) = self.attempts.last_mut() {
            let ended = attempt.began + took;
            attempt.ended = Some(ended);
            attempt.error = error;
            let open = self.waits.iter_mut().filter(|(_, to)| to.is_none());
            open.for_each(|(_, to)| *to = Some(ended));
        }
    }

    /// How long it waited.
    pub(crate) fn waited(&self, now: Duration) -> Duration {
        let waits = self.waits.iter();
        let times = waits.map(|(from, to)| to.unwrap_or(now).saturating_sub(*from));
        times.sum()
    }

    /// What is to be said of it beside its name.
    pub(crate) fn notes(&self, history: &History) -> Vec<String> {
        let now = history.elapsed();
        let mut notes = vec![format!("{:.1?}", self.took(now))];
        let waited = self.waited(now);
        if !waited.is_zero() {
            notes.push(format!("{waited:.1?} of it waiting"));
        }
        if self.attempts.len() > 1 {
            notes.push(format!("{} attempts", self.attempts.len()));
        }
        if let Some(error) = self.error() {
            notes.push(format!("failed: {}", shortened(error)));
        } else if !self.is_done {
            let word = if history.end().is_some() {
                "cut off"
            } else {
                "under way"
            };
            notes.push(word.to_owned());
        }
        notes
    }
}

/// The beginning of a text, in one line.
pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= MOST {
        return line.to_owned();
    }
    line.chars().take(MOST - 1).chain(['…']).collect()
}
