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

/// An attempt that fails when it has worked for longer than its timeout. The time in which it waits does not count.
pub(crate) struct TimeLimit<'run> {
    work: StepFuture<'run>,
    run: Arc<RunContext>,
    id: InvocationId,
    timeout: Duration,
    /// When the attempt began, and when it may be over; `None` before the first poll.
    watch: Option<(Instant, Pin<Box<Sleep>>)>,
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
            watch: None,
        }
    }

    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        let timeout = self.timeout;
        let begin = || (Instant::now(), Box::pin(tokio::time::sleep(timeout)));
        let (began, sleep) = self.watch.get_or_insert_with(begin);
        while sleep.as_mut().poll(cx).is_ready() {
            let Some(waited) = self.run.desk.waited(self.id, cx.waker()) else {
                return false;
            };
            let left = timeout.saturating_sub(began.elapsed().saturating_sub(waited));
            if left.is_zero() {
                return true;
            }
            sleep.set(tokio::time::sleep(left));
        }
        false
    }
}

impl Future for TimeLimit<'_> {
    type Output = Result<Outbox, BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        match this.work.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(output),
            Poll::Pending if this.is_over(cx) => {
                let timeout = this.timeout;
                Poll::Ready(Err(Box::new(StepTimedOut { timeout })))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}
