//! What an invocation holds of its run.

use std::sync::Arc;

use workflows_core::{Earlier, InvocationId, Outbox, StepSpec, Timestamp};

use crate::{context::RunContext, emitter::Sent};

/// One attempt of one invocation: which one it is, and its run. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Seat {
    pub(crate) run: Arc<RunContext>,
    pub(crate) step: &'static StepSpec,
    pub(crate) id: InvocationId,
    /// When the first attempt began.
    pub(crate) began: Timestamp,
    pub(crate) earlier: Option<Arc<Earlier>>,
    /// Where the step's emitters put what they send; `None` for a step without one.
    pub(crate) sent: Option<Sent>,
}

impl Seat {
    /// How many attempts had failed when this one began.
    pub(crate) fn failures(&self) -> u32 {
        self.earlier.as_ref().map_or(0, |earlier| earlier.failures)
    }

    /// Takes what the step has sent so far.
    pub(crate) fn take_sent(&self) -> Outbox {
        self.sent.as_ref().map(Sent::take).unwrap_or_default()
    }
}
