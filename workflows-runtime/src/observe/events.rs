//! What a run that is watched publishes of itself.

use std::{sync::Arc, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use workflows_core::{AnyEvent, Event, EventId};

use crate::endings::published;

/// Events of one type and one origin that a step runs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Taken {
    /// The name of the event; `StepFailed` for a handler of failures.
    pub event: String,
    /// The invocation that emitted them; `None` for the input of the run and for what comes from outside.
    pub from: Option<u64>,
    /// How many.
    pub count: u64,
}

/// Events of one type that a step has emitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Given {
    /// The name of the event.
    pub event: String,
    /// How many.
    pub count: u64,
}

published! {
    /// An attempt of a step begins. Published with [`internal_events`](crate::Run::internal_events) only.
    StepStarted {
        /// The step.
        step: String,
        /// Counts the invocations of the run.
        invocation: u64,
        /// 1 for the first attempt of the invocation.
        attempt: u32,
        /// What it runs on.
        events: Vec<Taken>,
        /// The time since the run began.
        at: Duration,
    }
    /// A step has returned, and what it emits is committed. Published with
    /// [`internal_events`](crate::Run::internal_events) only.
    StepFinished {
        /// The step.
        step: String,
        /// Counts the invocations of the run.
        invocation: u64,
        /// The attempt that returned.
        attempt: u32,
        /// What the attempt has emitted.
        emitted: Vec<Given>,
        /// How long the attempt took.
        took: Duration,
        /// The time since the run began.
        at: Duration,
    }
    /// An attempt of a step has failed. Published with [`internal_events`](crate::Run::internal_events) only.
    StepAttemptFailed {
        /// The step.
        step: String,
        /// Counts the invocations of the run.
        invocation: u64,
        /// The attempt that failed.
        attempt: u32,
        /// The error and what caused it.
        error: String,
        /// Whether the step panicked.
        is_panic: bool,
        /// When the next attempt begins; `None`: there is none.
        retry_in: Option<Duration>,
        /// How long the attempt took.
        took: Duration,
        /// The time since the run began.
        at: Duration,
    }
    /// A step begins to wait or to sleep. Published with [`internal_events`](crate::Run::internal_events) only.
    StepWaiting {
        /// The step.
        step: String,
        /// Counts the invocations of the run.
        invocation: u64,
        /// Names the wait within the invocation.
        wait: String,
        /// The events that it waits for; none for a step that sleeps.
        events: Vec<String>,
        /// When it gives up, or wakes.
        timeout: Option<Duration>,
        /// The time since the run began.
        at: Duration,
    }
    /// A wait of a step is over. Published with [`internal_events`](crate::Run::internal_events) only.
    StepResumed {
        /// The step.
        step: String,
        /// Counts the invocations of the run.
        invocation: u64,
        /// Names the wait within the invocation.
        wait: String,
        /// The event that came; `None`: the time was over.
        event: Option<String>,
        /// The invocation that emitted it; `None` for what comes from outside.
        from: Option<u64>,
        /// The time since the run began.
        at: Duration,
    }
    /// The run has nothing to do until an event comes from outside or its time has come. Published with
    /// [`internal_events`](crate::Run::internal_events) only.
    RunIdle {
        /// The steps that have begun and are not done: they wait, or are to be tried again.
        waiting: Vec<String>,
        /// When the run goes on by itself; `None`: only an event from outside wakes it.
        wakes_in: Option<Duration>,
        /// The time since the run began.
        at: Duration,
    }
    /// The run begins nothing new. Published with [`internal_events`](crate::Run::internal_events) only.
    RunPaused {
        /// The time since the run began.
        at: Duration,
    }
    /// The run goes on after a pause, or from a snapshot. Published with
    /// [`internal_events`](crate::Run::internal_events) only.
    RunResumed {
        /// The time since the run began.
        at: Duration,
    }
    /// An event came from outside, no step runs on it and nothing waits for it. Published with
    /// [`internal_events`](crate::Run::internal_events) only.
    EventUnhandled {
        /// The name of the event.
        event: String,
        /// Whether it is kept for a wait that may begin later.
        kept: bool,
        /// The time since the run began.
        at: Duration,
    }
}

macro_rules! told {
    ($($name:ident)+) => {
        /// Any of the events that are told of a run.
        #[derive(Clone, Debug)]
        pub(super) enum Told {
            $($name($name),)+
        }

        impl Told {
            pub(super) fn into_event(self) -> Arc<dyn AnyEvent> {
                match self {
                    $(Self::$name(event) => Arc::new(event),)+
                }
            }
        }

        $(impl From<$name> for Told {
            fn from(event: $name) -> Self {
                Self::$name(event)
            }
        })+
    };
}

told! {
    StepStarted StepFinished StepAttemptFailed StepWaiting StepResumed RunIdle RunPaused RunResumed EventUnhandled
}
