//! Ticks: everything that can happen to a run.

use std::{collections::BTreeMap, error::Error, fmt, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    event::{AnyEvent, EventId, EventInfo},
    output::{BoxError, Emission, Outbox},
    routes::{EventKey, StepId},
};

/// A point in time: nanoseconds since the Unix epoch, until the year 2554. Comes in with every tick; the core has no
/// clock.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The point at `elapsed` after the epoch.
    #[must_use]
    pub const fn after(elapsed: Duration) -> Self {
        Self(nanoseconds(elapsed))
    }

    /// The point that is `delay` later; the last one that there is where that would be too far.
    #[must_use]
    pub const fn plus(self, delay: Duration) -> Self {
        Self(self.0.saturating_add(nanoseconds(delay)))
    }

    /// The time from `earlier` to here; zero where `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

/// As many as there are, or as can be counted.
const fn nanoseconds(duration: Duration) -> u64 {
    let nanoseconds = duration.as_nanos();
    if nanoseconds > u64::MAX as u128 {
        u64::MAX
    } else {
        nanoseconds as u64
    }
}

/// Names one running of a step within a run. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InvocationId {
    pub(crate) slot: u32,
    pub(crate) serial: u64,
}

impl InvocationId {
    /// A number that counts the invocations of the run.
    #[must_use]
    pub const fn serial(self) -> u64 {
        self.serial
    }

    /// A small number that is unique among the invocations running at the same time; reused after their end.
    #[must_use]
    pub const fn slot(self) -> usize {
        self.slot as usize
    }
}

impl fmt::Display for InvocationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.serial)
    }
}

/// What a step is invoked with.
#[derive(Clone, Debug)]
pub enum StepInput<P = Box<dyn AnyEvent>> {
    /// The one event that it takes.
    One(P),
    /// One event for each parameter of a join, in declaration order.
    All(Vec<P>),
    /// What a fan-out brought, ordered by its list.
    Collected(Vec<P>),
    /// For a `#[catch_error]` step: what failed.
    Caught(Box<Caught<P>>),
}

/// An invocation that failed for good, as the step that handles failures gets it.
#[derive(Clone, Debug)]
pub struct Caught<P = Box<dyn AnyEvent>> {
    /// The step that failed.
    pub step: StepId,
    /// The event that it ran on.
    pub event: EventKey,
    /// All that it ran on.
    pub input: StepInput<P>,
    /// How often it was tried.
    pub attempts: u32,
    /// From the beginning of the first attempt to the last failure.
    pub elapsed: Duration,
    /// Why the last attempt failed.
    pub failure: Failure,
}

/// The attempts that an invocation has behind it.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// When the first of them began.
    pub began: Timestamp,
    /// How many failed.
    pub failures: u32,
    /// How many were cut off by the end of the process that they ran in.
    pub interruptions: u32,
    /// Why the last of them failed.
    pub failure: Option<Failure>,
    /// What [`Input::Recorded`] has kept.
    pub recorded: BTreeMap<String, Value>,
}

/// Names a wait within its invocation: the one given by the author, or its number.
///
/// As text, numbers have a `#` before them, and names that begin with one have it twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum WaitKey {
    /// Its place among the waits of the attempt that have no name.
    Number(u32),
    /// Its name.
    Name(Arc<str>),
}

impl fmt::Display for WaitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "#{number}"),
            Self::Name(name) if name.starts_with('#') => write!(f, "#{name}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl From<WaitKey> for String {
    fn from(key: WaitKey) -> Self {
        key.to_string()
    }
}

impl From<String> for WaitKey {
    fn from(text: String) -> Self {
        let Some(rest) = text.strip_prefix('#') else {
            return Self::Name(text.into());
        };
        match rest.parse() {
            Ok(number) => Self::Number(number),
            Err(_) => Self::Name(rest.into()),
        }
    }
}

/// What a step waits for.
#[derive(Clone, Debug)]
pub struct Wait<P = Box<dyn AnyEvent>> {
    /// Names it within the invocation.
    pub key: WaitKey,
    /// Any of these events; none for a step that only sleeps.
    pub events: &'static [EventInfo],
    /// Whether the step looks at an event before it takes it: it is offered with [`Command::Offer`](crate::Command).
    pub choosy: bool,
    /// What the step has sent since it began, or since it last waited.
    pub sent: Outbox<P>,
    /// Published on the stream when the wait begins for the first time.
    pub announcement: Option<P>,
    /// When to give up.
    pub timeout: Option<Duration>,
}

/// What a wait ended with.
#[derive(Clone, Debug)]
pub enum Answer<P = Box<dyn AnyEvent>> {
    /// The event came.
    Event(P),
    /// The time was over.
    TimedOut,
}

/// Names an event that was offered to a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfferId(pub(crate) u64);

/// Why an attempt failed.
#[derive(Clone, Debug)]
pub struct Failure {
    error: Arc<dyn Error + Send + Sync>,
    panic: bool,
}

impl Failure {
    /// A step that returned an error.
    #[must_use]
    pub fn error(error: BoxError) -> Self {
        Self {
            error: error.into(),
            panic: false,
        }
    }

    /// A step that panicked with `message`.
    #[must_use]
    pub fn panic(message: String) -> Self {
        Self {
            error: BoxError::from(message).into(),
            panic: true,
        }
    }

    /// The error itself; for a panic, its message.
    #[must_use]
    pub fn source(&self) -> &Arc<dyn Error + Send + Sync> {
        &self.error
    }

    /// Whether the step panicked instead of returning an error.
    #[must_use]
    pub const fn is_panic(&self) -> bool {
        self.panic
    }
}

/// Something that happened, and when.
#[derive(Clone, Debug)]
pub struct Tick<P = Box<dyn AnyEvent>> {
    /// When it happened; never earlier than the tick before.
    pub at: Timestamp,
    /// What happened.
    pub input: Input<P>,
}

/// What can happen to a run.
#[derive(Clone, Debug)]
pub enum Input<P = Box<dyn AnyEvent>> {
    /// The run begins. A no-op on a run that has begun.
    Started(Emission<P>),
    /// An event arrives from outside. One that no step takes is told to be unhandled; a no-op after the end.
    Sent(Emission<P>),
    /// An invocation returned `Ok`: what it emits is committed at once. A no-op for an unknown invocation.
    Committed {
        /// Which one.
        invocation: InvocationId,
        /// What it emits.
        outbox: Outbox<P>,
    },
    /// An attempt of an invocation failed. A no-op for an unknown invocation.
    Failed {
        /// Which one.
        invocation: InvocationId,
        /// Why.
        failure: Failure,
        /// After what time to try again, as the step's policy has decided; `None`: not again.
        retry: Option<Duration>,
    },
    /// An invocation begins to wait; what it has sent so far is committed, unless an earlier attempt has sent it before
    /// the same wait. A no-op for an unknown invocation.
    Waits {
        /// Which one.
        invocation: InvocationId,
        /// What it waits for.
        wait: Box<Wait<P>>,
    },
    /// An invocation waits no longer, and has seen no answer: an event that has come for it goes to the next wait or to
    /// the steps that run on it. A no-op for an unknown wait.
    WaitDropped {
        /// Which one.
        invocation: InvocationId,
        /// Which of its waits.
        key: WaitKey,
    },
    /// A step has looked at an event that it was offered. A no-op for an unknown offer.
    Judged {
        /// Which offer.
        offer: OfferId,
        /// Whether it takes the event.
        takes: bool,
    },
    /// An invocation emits something before it ends. A no-op for an unknown invocation.
    Emitted {
        /// Which one.
        invocation: InvocationId,
        /// What it emits.
        outbox: Outbox<P>,
    },
    /// A result that an invocation keeps for its later attempts. A no-op for an unknown invocation.
    Recorded {
        /// Which one.
        invocation: InvocationId,
        /// The name of the result.
        key: String,
        /// The result.
        value: Value,
    },
    /// The time has come that [`Broker::next_due`](crate::Broker::next_due) names. A no-op before that.
    Due,
    /// Nothing new begins until [`Input::Resumed`].
    Paused,
    /// What is ready begins again.
    Resumed,
    /// Somebody cancelled the run.
    Cancelled,
    /// The run's timeout is over.
    TimedOut,
}

impl<P> Input<P> {
    /// The run begins with its start event.
    pub const fn started(event: EventId, payload: P) -> Self {
        Self::Started(Emission { event, payload })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let names = ["", "7", "#7", "##", "approval"].map(|name| WaitKey::Name(name.into()));
        for key in names.into_iter().chain([WaitKey::Number(7)]) {
            assert_eq!(WaitKey::from(key.to_string()), key);
        }
    }
}
