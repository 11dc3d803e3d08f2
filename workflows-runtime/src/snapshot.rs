//! Snapshots: a session or a run as plain data, to go on from in another process.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use workflows_core::{AnyEvent, EventRecord, Graph, Json, Misfit, Routes, RunRecord, Timestamp};

use crate::{json, run_id::RunId};

/// The last format of snapshots that this version of the library reads, and the one that it writes.
const FORMAT: u32 = 1;

/// A session, or a run, as plain data: the state, and what is in flight in each run.
///
/// Serialize it with any serde format and restore it with [`Runner::restore`](crate::Runner::restore), in this process
/// or another one, with this build of the workflow or a later one that still fits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    format: u32,
    workflow: String,
    version: u32,
    fingerprint: String,
    pub(crate) state: Json,
    pub(crate) runs: Vec<RunSnapshot>,
}

/// One run of a snapshot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RunSnapshot {
    pub(crate) id: RunId,
    pub(crate) taken_at: Timestamp,
    /// How long it was under way, which counts towards its timeout.
    pub(crate) alive: Duration,
    pub(crate) timeout: Option<Duration>,
    /// The sequence number of the next event on its stream.
    pub(crate) stream: u64,
    pub(crate) in_flight: RunRecord,
}

impl Snapshot {
    pub(crate) fn new(graph: &Graph, state: Json, runs: Vec<RunSnapshot>) -> Self {
        Self {
            format: FORMAT,
            workflow: graph.name().to_owned(),
            version: graph.version(),
            fingerprint: graph.fingerprint(),
            state,
            runs,
        }
    }

    /// The name of the workflow that it was taken of.
    #[must_use]
    pub fn workflow(&self) -> &str {
        &self.workflow
    }

    /// The version of that workflow.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// Stands for that workflow's steps, events and their schemas: the same text for the same graph.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The state, as JSON.
    #[must_use]
    pub const fn state(&self) -> &serde_json::Value {
        &self.state.0
    }

    /// The runs that were under way.
    pub fn run_ids(&self) -> impl Iterator<Item = RunId> + use<'_> {
        self.runs.iter().map(|run| run.id)
    }

    /// What speaks against it before its content is looked at.
    pub(crate) fn misfits(&self, graph: &Graph) -> Vec<Misfit> {
        let mut misfits = Vec::new();
        if self.format > FORMAT {
            misfits.push(Misfit::LaterFormat {
                known: FORMAT,
                found: self.format,
            });
        }
        if self.workflow != graph.name() {
            misfits.push(Misfit::OtherWorkflow {
                expected: graph.name().to_owned(),
                found: self.workflow.clone(),
            });
        }
        misfits
    }
}

/// Why no snapshot was taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The run has ended: there is nothing to go on with.
    #[error("the run has ended: there is nothing to go on with")]
    Ended,
    /// The state could not be written.
    #[error("the state cannot be written: {0}")]
    State(#[source] serde_json::Error),
    /// An event that is in flight could not be written.
    #[error("event `{event}` in flight cannot be written: {error}")]
    Event {
        /// Its name.
        event: &'static str,
        /// Why.
        #[source]
        error: serde_json::Error,
    },
}

/// Why a snapshot was not restored: everything in it that does not fit the workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreError {
    pub(crate) workflow: &'static str,
    pub(crate) misfits: Vec<Misfit>,
}

impl RestoreError {
    /// What does not fit, at least one thing.
    #[must_use]
    pub fn misfits(&self) -> &[Misfit] {
        &self.misfits
    }
}

impl fmt::Display for RestoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the snapshot does not fit workflow `{}`", self.workflow)?;
        let misfits = self.misfits.iter().enumerate();
        misfits.into_iter().try_for_each(|(place, misfit)| {
            let separator = if place == 0 { ": " } else { "; " };
            write!(f, "{separator}{misfit}")
        })
    }
}

impl std::error::Error for RestoreError {}

/// An event as a record.
pub(crate) fn write(event: &dyn AnyEvent) -> Result<EventRecord, SnapshotError> {
    let name = event.info().name();
    let data = json::readable(|| event.to_json());
    let data = data.map_err(|error| SnapshotError::Event { event: name, error })?;
    Ok(EventRecord {
        event: name.to_owned(),
        data: Json(data),
    })
}

/// A record as an event of the workflow.
pub(crate) fn read(routes: &Routes, record: EventRecord) -> Result<Box<dyn AnyEvent>, Misfit> {
    let EventRecord { event, data } = record;
    let Some(key) = routes.named(&event) else {
        return Err(Misfit::MissingEvent(event));
    };
    let decoded = routes.event(key).decode(data.0);
    decoded.map_err(|error| Misfit::Event {
        event,
        error: error.to_string(),
    })
}
