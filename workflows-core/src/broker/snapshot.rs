//! Snapshots: what is in flight in a run as plain data, and back again.
//!
//! Steps and events are known by their names, so that a snapshot outlives the build that took it. It fits another build
//! of the workflow where every step and event in it is still there and every payload can still be read. Counters that
//! follow from the rest, such as how much work a fan-out has, are not part of it.

mod read;
mod record;
mod write;

pub use record::{EventRecord, Json, RunRecord};

/// Why a snapshot does not fit the workflow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum Misfit {
    /// It was taken of another workflow.
    #[error("it is a snapshot of workflow `{found}`, not of `{expected}`")]
    OtherWorkflow {
        /// The workflow that it is restored as.
        expected: String,
        /// The workflow that it was taken of.
        found: String,
    },
    /// It was written by a later version of this library.
    #[error(
        "its format {found} is later than {known}, the last that this version of the library reads"
    )]
    LaterFormat {
        /// The last format that is known.
        known: u32,
        /// The format of the snapshot.
        found: u32,
    },
    /// Work is in flight for a step that there is no more.
    #[error("work is in flight for step `{0}`, which the workflow does not have")]
    MissingStep(String),
    /// An event is in flight that there is no more.
    #[error("event `{0}` is in flight, which the workflow does not have")]
    MissingEvent(String),
    /// An event can no longer be read.
    #[error("event `{event}` in flight cannot be read: {error}")]
    Event {
        /// Its name.
        event: String,
        /// Why.
        error: String,
    },
    /// The state can no longer be read.
    #[error("the state cannot be read: {0}")]
    State(String),
    /// It contradicts itself: it was damaged or made by hand.
    #[error("it contradicts itself: {0}")]
    Damaged(String),
}

impl Misfit {
    /// Refuses a counter that goes beyond what any run counts to: it would overflow.
    ///
    /// # Errors
    /// [`Damaged`](Self::Damaged).
    pub fn check_counter(counter: u64) -> Result<(), Self> {
        const COUNTABLE: u64 = u64::MAX / 2;
        if counter > COUNTABLE {
            return Err(Self::Damaged(format!("no run counts to {counter}")));
        }
        Ok(())
    }
}
