//! The tokio runtime of `workflows`: runs a workflow's steps and carries out what the broker of `workflows-core`
//! decides.
//!
//! Depend on the facade crate `workflows` instead of this one.

mod caught;
mod context;
mod desk;
mod driver;
mod emitter;
mod endings;
mod error;
mod handle;
mod invocation;
mod json;
mod mailbox;
#[cfg(feature = "metrics")]
pub mod metrics;
mod observe;
mod resources;
mod run;
mod run_id;
mod runner;
mod seat;
mod session;
mod size;
mod snapshot;
mod store;
mod stream;
mod time_limit;
mod waiter;
mod workflow;

pub use crate::{
    caught::StepFailed,
    context::{Attempt, Context},
    emitter::Emitter,
    endings::{Lagged, RunCancelled, RunFailed, RunLimitExceeded, RunStalled, RunTimedOut},
    error::{RunError, StepError},
    handle::{RunHandle, SendError},
    observe::{
        EventUnhandled, Given, RunIdle, RunPaused, RunResumed, StepAttemptFailed, StepFinished,
        StepResumed, StepStarted, StepWaiting, Taken,
    },
    resources::{Closed, Closing, ConfigError, Factory, ResourceError, Resources, ShutdownError},
    run::Run,
    run_id::RunId,
    runner::{Runner, RunnerBuilder},
    session::Session,
    size::EventTooLarge,
    snapshot::{RestoreError, Snapshot, SnapshotError},
    store::{StateError, Store},
    stream::{EventStream, StreamEvent},
    time_limit::StepTimedOut,
    waiter::{Sleep, WaitError, Waiter, Waiting},
    workflow::Workflow,
};

/// What the macros call. Not part of the public API.
#[doc(hidden)]
pub mod private {
    pub use crate::{
        emitter::Sent,
        invocation::{Call, StepFuture, invoke, invoke_sending},
        resources::{FromConfig, Function, Made, Product, how},
        workflow::Wiring,
    };
}
