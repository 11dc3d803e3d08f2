//! Events that the runtime itself publishes on a run's stream.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use workflows_core::{Event, EventId};

macro_rules! published {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $ty:ty,)* })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $ty,)*
        }

        impl Event for $name {
            const ID: EventId = EventId::of(concat!("workflows::", stringify!($name)));
            const NAME: &'static str = stringify!($name);
        }
    )+};
}

pub(crate) use published;

published! {
    /// The last event of a run that failed.
    RunFailed {
        /// The step that failed.
        step: String,
        /// The error and what caused it.
        error: String,
        /// How often the step was tried.
        attempts: u32,
    }
    /// The last event of a run that had nothing left to do before it was stopped.
    RunStalled {
        /// What it waited for.
        error: String,
    }
    /// The last event of a run that went beyond a limit.
    RunLimitExceeded {
        /// Which one.
        error: String,
    }
    /// The last event of a run that was cancelled.
    RunCancelled {
        /// The steps that were running.
        running: Vec<String>,
    }
    /// The last event of a run that took longer than its timeout.
    RunTimedOut {
        /// The steps that were running.
        running: Vec<String>,
    }
    /// Stands in a reader's stream for events that it was too slow to read.
    Lagged {
        /// How many it missed.
        missed: u64,
    }
}
