//! The pure core of `workflows`: what an event is, the routing graph and its validation, and the broker that
//! decides what a run does next.
//!
//! Nothing here looks at a clock, does I/O, starts a thread or rolls a die. Everything that happens to a run
//! reaches the [`Broker`] as a [`Tick`]; everything it wants done leaves it as a [`Command`].
//!
//! Depend on the facade crate `workflows` instead of this one.

pub mod broker;
mod command;
pub mod event;
pub mod graph;
mod history;
mod limits;
mod output;
mod retry;
mod routes;
mod set;
mod small_map;
pub mod state;
mod tick;

/// For the runtime; no part of the public API.
#[doc(hidden)]
pub use crate::small_map::SmallMap;
pub use crate::{
    broker::{Broker, EventRecord, Json, Misfit, RunRecord},
    command::{Command, Ending, StalledJoin, StalledWait},
    event::{AnyEvent, Event, EventId, EventInfo, EventKind, Start, Stop, Value},
    graph::{Allow, Emits, ExecutionMode, Graph, ResourceKind, ResourceSpec, StepSpec, Trigger},
    history::{Cause, History, PastAttempt, PastEnd, PastInvocation},
    limits::{Limit, Limits},
    output::{BoxError, Emission, Item, Outbox, StepOutput},
    retry::{FailedAttempt, Retry},
    routes::{EventKey, Routes, StepId},
    set::{Endpoints, EventSet, MemberOf},
    state::{DictState, PathError, StateModel},
    tick::{
        Answer, Caught, Earlier, Failure, Input, InvocationId, OfferId, StepInput, Tick, Timestamp,
        Wait, WaitKey,
    },
};
