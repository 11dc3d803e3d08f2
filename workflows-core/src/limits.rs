//! Limits against runaways.

use std::fmt;

/// How far a run may go. Beyond a limit it fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How many invocations of steps there may be in all, retries not counted; `None`: as many as it likes.
    pub invocations: Option<u64>,
    /// How many events may be on their way at once, queued, being worked on or kept for a wait; `None`: as many as it
    /// likes.
    pub in_flight: Option<usize>,
}

/// The limit that a run went beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::invocations`].
    Invocations(u64),
    /// [`Limits::in_flight`].
    InFlight(usize),
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invocations(limit) => write!(f, "more than {limit} invocations of its steps"),
            Self::InFlight(limit) => write!(f, "more than {limit} events in flight"),
        }
    }
}
