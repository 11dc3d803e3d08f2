//! The trait that `#[workflow]` implements.

use std::{sync::Arc, time::Duration};

use workflows_core::{
    BoxError, Graph, StateModel, StepSpec, Value,
    graph::{Bindings, Report},
};

use crate::{
    invocation::{Call, StepFuture},
    run::Run,
    runner::Runner,
};

/// A workflow: implemented by `#[workflow]` on an impl block.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a workflow",
    label = "not a workflow",
    note = "mark an impl block of the type `#[workflow]`"
)]
pub trait Workflow: Sized + Send + Sync + 'static {
    /// The `T` of `Start<T>`: what a run begins with.
    type Input: Value;
    /// The `T` of `Stop<T>`: what a run ends with.
    type Output: Value;
    /// What the steps of a run share.
    type State: StateModel;

    /// The routing graph: validated by the compiler, and drawn by its `to_mermaid`, `to_dot`, `to_json` and `to_text`.
    const GRAPH: Graph;

    /// How long a run may take by default.
    #[doc(hidden)]
    const TIMEOUT: Option<Duration>;

    /// Calls the step with this ordinal.
    #[doc(hidden)]
    fn call<'run>(&'run self, ordinal: u16, call: Call<'_>) -> Result<StepFuture<'run>, BoxError>;

    /// One run of the workflow: await it for its result, or [`start`](Run::start) it for a handle.
    ///
    /// Takes the workflow; to run it again, keep it in a [`Runner`].
    fn run(self, input: Self::Input) -> Run<Self> {
        Runner::new(self).run(input)
    }
}

/// A workflow that is shared: `Runner::new(Arc::clone(&writer))`.
#[diagnostic::do_not_recommend]
impl<W: Workflow> Workflow for Arc<W> {
    type Input = W::Input;
    type Output = W::Output;
    type State = W::State;

    const GRAPH: Graph = W::GRAPH;
    const TIMEOUT: Option<Duration> = W::TIMEOUT;

    fn call<'run>(&'run self, ordinal: u16, call: Call<'_>) -> Result<StepFuture<'run>, BoxError> {
        W::call(self, ordinal, call)
    }
}

/// The table of a workflow whose events depend on its type parameters.
#[doc(hidden)]
pub trait Wiring {
    /// The steps.
    const STEPS: &'static [StepSpec];
    /// Their analysis.
    const REPORT: &'static Report;
    /// Their fan-outs and what collects them.
    const BINDINGS: &'static Bindings;
    /// Fails to compile where a rule is broken.
    const CHECKED: ();
}

/// A workflow whose type is forgotten: what the driver sees.
pub(crate) trait Steps: Send + Sync {
    fn call<'run>(&'run self, ordinal: u16, call: Call<'_>) -> Result<StepFuture<'run>, BoxError>;
}

impl<W: Workflow> Steps for W {
    fn call<'run>(&'run self, ordinal: u16, call: Call<'_>) -> Result<StepFuture<'run>, BoxError> {
        Workflow::call(self, ordinal, call)
    }
}
