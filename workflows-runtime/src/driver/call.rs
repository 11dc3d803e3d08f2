//! Calling a step: where its future runs, and how long it may.

use std::{future::Future, sync::Arc, time::Duration};

use tracing::{Instrument, Span};
use workflows_core::{BoxError, Earlier, ExecutionMode, InvocationId, Outbox, StepInput, StepSpec};

use super::Driver;
use crate::{
    context::RunContext,
    invocation::{Call, StepFuture, Task},
    resources::Threshold,
    time_limit::TimeLimit,
};

impl<'run> Driver<'run> {
    /// The future of an attempt.
    pub(super) fn call(
        &self,
        task: Task,
        earlier: Option<Arc<Earlier>>,
        input: StepInput,
    ) -> StepFuture<'run> {
        let step = self.conditions.routes.step(task.step);
        let limit = Limit::of(step, self.run, task);
        match step.mode {
            ExecutionMode::Inline => {
                let call = Call::new(self.run, &self.conditions.routes, task, earlier, input);
                match self.conditions.flow.call(step.ordinal, call) {
                    Ok(future) => limit.on(self.in_span(task, future)),
                    Err(error) => Box::pin(std::future::ready(Err(error))),
                }
            }
            ExecutionMode::Spawn => {
                let work = self.owned(task, earlier, input, None);
                let work = limit.on(Box::pin(work));
                Box::pin(async move { joined(tokio::spawn(work)).await })
            }
            ExecutionMode::Blocking => {
                let threshold = (!step.resources.is_empty()).then(Threshold::default);
                let mut work = Box::pin(self.owned(task, earlier, input, threshold.clone()));
                limit.on(Box::pin(async move {
                    // Resources are awaited here: only the body blocks.
                    if let Some(threshold) = threshold
                        && let Some(outcome) = threshold.reach(work.as_mut()).await
                    {
                        return outcome;
                    }
                    let blocking = || futures_util::FutureExt::now_or_never(work);
                    let done = joined(tokio::task::spawn_blocking(blocking)).await;
                    done.expect(
                        "the macro makes the future of a blocking step ready at its first poll",
                    )
                }))
            }
        }
    }

    /// The attempt as a future that owns what it needs.
    fn owned(
        &self,
        task: Task,
        earlier: Option<Arc<Earlier>>,
        input: StepInput,
        threshold: Option<Threshold>,
    ) -> impl Future<Output = Result<Outbox, BoxError>> + Send + use<> {
        let (flow, run) = (Arc::clone(&self.conditions.flow), Arc::clone(self.run));
        let routes = Arc::clone(&self.conditions.routes);
        let span = self.observer.as_ref().map(|of| of.span_of(task.id));
        let work = async move {
            let ordinal = routes.step(task.step).ordinal;
            let mut call = Call::new(&run, &routes, task, earlier, input);
            call.stop_at(threshold);
            flow.call(ordinal, call)?.await
        };
        work.instrument(span.unwrap_or_else(Span::none))
    }

    /// The attempt in its span, where it has one.
    fn in_span(&self, task: Task, work: StepFuture<'run>) -> StepFuture<'run> {
        match &self.observer {
            Some(observer) => observer.in_span(task.id, work),
            None => work,
        }
    }
}

/// The timeout of the step, where it has one.
struct Limit(Option<(Duration, Arc<RunContext>, InvocationId)>);

impl Limit {
    fn of(step: &StepSpec, run: &Arc<RunContext>, task: Task) -> Self {
        let of = |timeout| (timeout, Arc::clone(run), task.id);
        Self(step.timeout.map(of))
    }

    fn on(self, work: StepFuture<'_>) -> StepFuture<'_> {
        match self.0 {
            Some((timeout, run, id)) => Box::pin(TimeLimit::new(work, run, id, timeout)),
            None => work,
        }
    }
}

/// The result of a task, whose panic goes on here. Dropping the future aborts the task; one on the blocking pool is
/// kept from beginning.
async fn joined<T>(task: tokio::task::JoinHandle<T>) -> T {
    struct AbortOnDrop(tokio::task::AbortHandle);
    impl Drop for AbortOnDrop {
        fn drop(&mut self) {
            self.0.abort();
        }
    }
    let _guard = AbortOnDrop(task.abort_handle());
    match task.await {
        Ok(output) => output,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => panic!("the task of the step was given up: {error}"),
        },
    }
}
