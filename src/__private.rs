//! What the macros call. Not part of the public API.

pub mod probe;

pub use std::boxed::Box;

pub use schemars;
pub use serde;
pub use workflows_core::{
    Allow, AnyEvent, BoxError, DictState, Emits, Endpoints, Event, EventId, EventInfo, EventKind,
    EventSet, ExecutionMode, Graph, MemberOf, ResourceKind, ResourceSpec, Retry, StateModel,
    StepOutput, StepSpec, Trigger, Value,
    graph::{Bindings, Report, check},
};
pub use workflows_runtime::{Workflow, private::*};

use workflows_core::Outbox;

/// The invocation of a step that takes one event and nothing else.
///
/// # Errors
/// The event is not of the type that the step takes.
pub fn invoke_with_event<'run, W, E, T: 'run, F: Future<Output = T> + Send + 'run>(
    workflow: &'run W,
    mut call: Call<'_>,
    step: impl FnOnce(&'run W, E) -> F,
    from_event: impl Fn(Box<dyn AnyEvent>) -> Result<E, Box<dyn AnyEvent>>,
    emit: impl FnOnce(T, &mut Outbox) -> Result<(), BoxError> + Send + 'run,
) -> Result<StepFuture<'run>, BoxError> {
    let event = call.event(from_event)?;
    Ok(invoke(step(workflow, event), emit))
}

/// All contexts of a workflow hold one state type.
pub const fn same_state<S: SameState<T>, T>() {}

/// `Self` is the state type `S`.
#[diagnostic::on_unimplemented(
    message = "the steps of a workflow share one state, but `{Self}` is not `{S}`",
    label = "another state than in the steps before",
    note = "use `Context<{S}>` here, or put the fields of both into one struct"
)]
pub trait SameState<S> {}

impl<S> SameState<S> for S {}

/// The input or the output of a workflow: `T` itself.
pub type Payload<T> = <T as IsPayload>::Itself;

/// `Self` can be the input or the output of a workflow. Asked before the bounds of `Workflow`, of which each
/// would complain by itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the input or the output of a workflow",
    label = "this type lacks serde, `JsonSchema`, `Clone` or `Debug`",
    note = "annotate the type with `#[data]`, which derives what is missing"
)]
pub trait IsPayload {
    /// The type.
    type Itself: Value;
}

#[diagnostic::do_not_recommend]
impl<T: Value> IsPayload for T {
    type Itself = T;
}

/// `Self` is what a step can fail with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of a step",
    label = "not an error",
    note = "implement `std::error::Error` for it, or return `workflows::Result<_>`, which takes any error"
)]
pub trait IntoBoxError {
    /// Named to ask whether the trait is implemented.
    const IS: () = ();
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> IntoBoxError for E {}
