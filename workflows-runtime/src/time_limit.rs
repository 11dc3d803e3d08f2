//! The timeout of a step.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep};
use workflows_core::{BoxError, InvocationId, Outbox};

use crate::{context::RunContext, invocation::StepFuture};

/// The error of an attempt that took longer than its step's timeout.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the step took longer than {timeout:?}")]
#[non_exhaustive]
pub struct StepTimedOut {
    /// The timeout.
    pub timeout: Duration,
}

/// An attempt that fails when it has worked for longer than its timeout. While the step waits, the time stands still.
pub(crate) struct TimeLimit<'run> {
    pub(crate) work: StepFuture<'run>,
    pub(crate) run: Arc<RunContext>,
    pub(crate) id: InvocationId,
    pub(crate) timeout: Duration,
    watch: Watch,
}

enum Watch {
    /// It stands still; with the time that is left.
    Stopped(Duration),
    Running(Pin<Box<Sleep>>),
}

impl<'run> TimeLimit<'run> {
    pub(crate) const fn new(
        work: StepFuture<'run>,
        run: Arc<RunContext>,
        id: InvocationId,
        timeout: Duration,
    ) -> Self {
        Self {
            work,
            run,
            id,
            timeout,
            watch: Watch::Stopped(timeout),
        }
    }

    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        match (&mut self.watch, self.run.desk.is_waiting(self.id)) {
            (Watch::Stopped(_), true) => false,
            (Watch::Running(sleep), true) => {
                let left = sleep.deadline().saturating_duration_since(Instant::now());
                self.watch = Watch::Stopped(left);
                false
            }
            (Watch::Running(sleep), false) => sleep.as_mut().poll(cx).is_ready(),
            (Watch::Stopped(left), false) => {
                self.watch = Watch::Running(Box::pin(tokio::time::sleep(*left)));
                self.is_over(cx)
            }
        }
    }
}

impl Future for TimeLimit<'_> {
    type Output = Result<Outbox, BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        // Sets the watch going where an answer has come.
        let was_over = this.is_over(cx);
        match this.work.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(output),
            // It may have begun to wait.
            Poll::Pending if was_over || this.is_over(cx) => {
                let timeout = this.timeout;
                Poll::Ready(Err(Box::new(StepTimedOut { timeout })))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}
