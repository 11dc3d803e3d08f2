//! Commands: everything that the broker wants done.

use std::{fmt, time::Duration};

use crate::{
    event::AnyEvent,
    limits::Limit,
    routes::{EventKey, StepId},
    tick::{Answer, Earlier, Failure, InvocationId, OfferId, StepInput, WaitKey},
};

/// Something that the driver must do.
#[derive(Clone, Debug)]
pub enum Command<P = Box<dyn AnyEvent>> {
    /// Run a step and report its end as a tick.
    Invoke {
        /// Names the invocation in the tick that reports its end.
        invocation: InvocationId,
        /// Which step.
        step: StepId,
        /// With what.
        input: StepInput<P>,
        /// What is behind it; `None` for the first attempt.
        earlier: Option<Box<Earlier>>,
    },
    /// Let an invocation look at an event that it may be waiting for, and report what it says as
    /// [`Input::Judged`](crate::Input::Judged) before anything else.
    Offer {
        /// Names the offer in that tick.
        offer: OfferId,
        /// Which invocation.
        invocation: InvocationId,
        /// Which of its waits.
        key: WaitKey,
        /// The event.
        event: P,
    },
    /// End a wait.
    Answer {
        /// Which invocation.
        invocation: InvocationId,
        /// Which of its waits.
        key: WaitKey,
        /// With what.
        answer: Answer<P>,
    },
    /// Publish an event on the run's stream.
    Publish(P),
    /// Nothing to do: tells that an event from outside was of no use, since no step runs on it and nothing waits for it.
    Unhandled {
        /// The event.
        event: P,
        /// Whether it is kept for a wait that may begin later.
        kept: bool,
    },
    /// The run is over: drop what still runs. Always the last command of a run.
    Finish(Ending<P>),
}

/// How a run ended.
#[derive(Clone, Debug)]
pub enum Ending<P = Box<dyn AnyEvent>> {
    /// A step returned [`Stop`](crate::Stop): this one.
    Stopped(P),
    /// A step failed for good.
    Failed {
        /// Which step.
        step: StepId,
        /// The event it ran on; for joins and collections the first one.
        event: EventKey,
        /// How often it was tried.
        attempts: u32,
        /// From the beginning of the first attempt to the failure.
        elapsed: Duration,
        /// Why.
        failure: Failure,
    },
    /// It went beyond a limit.
    Exceeded(Limit),
    /// Nothing was left to do, and no step had returned [`Stop`](crate::Stop).
    Stalled {
        /// The joins that still wait for some of their events.
        joins: Vec<StalledJoin>,
        /// The steps that wait for events that nothing can emit any more.
        waits: Vec<StalledWait>,
    },
    /// Somebody cancelled it.
    Cancelled {
        /// The steps that were running, once per invocation, in declaration order.
        running: Vec<StepId>,
    },
    /// Its timeout was over.
    TimedOut {
        /// The steps that were running, once per invocation, in declaration order.
        running: Vec<StepId>,
    },
}

/// A join that can never fire: some of its events came, others did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StalledJoin {
    /// The step.
    pub step: StepId,
    /// The names of the events that came.
    pub arrived: Vec<&'static str>,
    /// The names of the events that are missing.
    pub missing: Vec<&'static str>,
}

/// A wait that can never end: what could emit its event is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StalledWait {
    /// The step.
    pub step: StepId,
    /// The names of the events that it waits for.
    pub events: Vec<&'static str>,
}

impl fmt::Display for StalledJoin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "has {} and waits for {}",
            names(&self.arrived),
            names(&self.missing)
        )
    }
}

fn names(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
