//! One run of a workflow.

use std::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use workflows_core::{AnyEvent, Emission, Ending, EventSet, Start, Stop, Value};

use crate::{
    context::RunContext,
    driver::{self, Beginning},
    endings::{RunCancelled, RunFailed, RunLimitExceeded, RunStalled, RunTimedOut},
    error::{RunError, with_causes},
    handle::RunHandle,
    invocation::downcast,
    observe::{Observer, Watch},
    runner::Shared,
    session,
    store::Store,
    stream::EventLog,
    workflow::Workflow,
};

/// One run of a workflow that has not begun: await it for its result, or [`start`](Self::start) it for a handle.
#[must_use = "a run does nothing unless it is awaited or started"]
pub struct Run<W: Workflow> {
    shared: Arc<Shared<W>>,
    session: Option<Arc<session::Shared<W>>>,
    input: W::Input,
    state: Option<W::State>,
    timeout: Option<Duration>,
    watch: Watch,
}

impl<W: Workflow> Run<W> {
    pub(crate) fn new(shared: Arc<Shared<W>>, input: W::Input) -> Self {
        let (timeout, watch) = (shared.timeout, shared.watch);
        Self {
            shared,
            session: None,
            input,
            state: None,
            timeout,
            watch,
        }
    }

    pub(crate) fn in_session(mut self, session: Arc<session::Shared<W>>) -> Self {
        self.session = Some(session);
        self
    }

    /// The state that this run begins with. In a session it replaces the session's.
    pub fn state(mut self, state: W::State) -> Self {
        self.state = Some(state);
        self
    }

    /// How long this run may take; `None`: as long as it likes.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = timeout.into();
        self
    }

    /// Whether the run's stream also carries what the runtime does: [`StepStarted`](crate::StepStarted),
    /// [`StepFinished`](crate::StepFinished), [`StepAttemptFailed`](crate::StepAttemptFailed),
    /// [`StepWaiting`](crate::StepWaiting), [`StepResumed`](crate::StepResumed), [`RunIdle`](crate::RunIdle),
    /// [`RunPaused`](crate::RunPaused), [`RunResumed`](crate::RunResumed) and
    /// [`EventUnhandled`](crate::EventUnhandled).
    pub const fn internal_events(mut self, on: bool) -> Self {
        self.watch.internal_events = on;
        self
    }

    /// Whether the run prints a line to stderr whenever a step starts, finishes, fails, waits or goes on.
    pub const fn verbose(mut self, on: bool) -> Self {
        self.watch.verbose = on;
        self
    }

    /// Whether the run keeps what happens in it for [`RunHandle::history`]: memory in proportion to its invocations.
    pub const fn record_history(mut self, on: bool) -> Self {
        self.watch.history = on;
        self
    }

    /// Starts the run in a task of its own.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn start(mut self) -> RunHandle<W> {
        let context = self.context(self.shared.stream_capacity);
        let beginning = Beginning::Fresh {
            start: emission(self.input),
            is_watched: true,
        };
        start(self.shared, context, beginning, self.timeout, self.watch)
    }

    fn context(&mut self, stream_capacity: usize) -> Arc<RunContext> {
        let log = EventLog::new(stream_capacity, 0);
        let resources = Arc::clone(&self.shared.resources);
        let max_event_bytes = self.shared.max_event_bytes;
        let state = self.state.take();
        let Some(session) = &self.session else {
            let state = state.unwrap_or_else(|| self.shared.state.clone());
            let store = Arc::new(Store::new(state));
            return Arc::new(RunContext::new(store, log, resources, max_event_bytes));
        };
        if let Some(state) = state {
            session.store.replace(state);
        }
        let store = Arc::clone(&session.store);
        let context = Arc::new(RunContext::new(store, log, resources, max_event_bytes));
        session.add(&context);
        context
    }
}

fn emission<T: Value>(input: T) -> Emission<Box<dyn AnyEvent>> {
    let (event, payload) = Start(input).into_event();
    Emission { event, payload }
}

/// Lets a run take its course in a task of its own.
pub(crate) fn start<W: Workflow>(
    shared: Arc<Shared<W>>,
    context: Arc<RunContext>,
    beginning: Beginning,
    timeout: Option<Duration>,
    watch: Watch,
) -> RunHandle<W> {
    let open = Open(Arc::clone(&context));
    let observer = Observer::of(&context, &shared.conditions.routes, watch);
    let task = tokio::spawn(execute(shared, open, beginning, timeout, observer));
    RunHandle::new(context, task)
}

async fn execute<W: Workflow>(
    shared: Arc<Shared<W>>,
    open: Open,
    beginning: Beginning,
    timeout: Option<Duration>,
    observer: Option<Box<Observer>>,
) -> Result<W::Output, RunError> {
    let Open(context) = &open;
    let conditions = &shared.conditions;
    let ending = driver::drive(conditions, context, beginning, timeout, observer).await;
    conclude::<W>(ending, &shared, timeout, context)
}

/// A run that others watch: dropping it, at the end or before, lets go of whoever waits for more of it.
struct Open(Arc<RunContext>);

impl Drop for Open {
    fn drop(&mut self) {
        let Self(context) = self;
        context.mailbox.close();
        context.desk.wake();
        context.log.close();
    }
}

/// Publishes the last event of a run and makes its result.
fn conclude<W: Workflow>(
    ending: Ending,
    shared: &Shared<W>,
    timeout: Option<Duration>,
    context: &RunContext,
) -> Result<W::Output, RunError> {
    let result = RunError::of(
        ending,
        &shared.conditions.routes,
        timeout.unwrap_or_default(),
    )
    .and_then(|stop| {
        if context.log.is_open() {
            context.log.end(stop.clone().into());
        }
        downcast::<Stop<W::Output>>(stop).map_err(|found| RunError::WrongOutput {
            workflow: shared.conditions.routes.graph().name(),
            expected: std::any::type_name::<W::Output>(),
            found: (*found).info().label(),
        })
    });
    if let Err(error) = &result {
        publish_end(error, context);
    }
    result.map(|Stop(output)| output)
}

fn publish_end(error: &RunError, context: &RunContext) {
    let owned = |steps: &[&str]| steps.iter().map(|step| (*step).to_owned()).collect();
    let log = &context.log;
    match error {
        RunError::Step(step) => log.end(Arc::new(RunFailed {
            step: step.step().to_owned(),
            error: with_causes(step.cause()),
            attempts: step.attempts(),
        })),
        RunError::Stalled { .. } => log.end(Arc::new(RunStalled {
            error: error.to_string(),
        })),
        RunError::LimitExceeded { .. } => log.end(Arc::new(RunLimitExceeded {
            error: error.to_string(),
        })),
        RunError::Cancelled { running, .. } => log.end(Arc::new(RunCancelled {
            running: owned(running),
        })),
        RunError::TimedOut { running, .. } => log.end(Arc::new(RunTimedOut {
            running: owned(running),
        })),
        // The stream has ended with the `Stop` that came, or nobody is left to read it.
        RunError::WrongOutput { .. } | RunError::RuntimeShutDown { .. } => {}
    }
}

impl<W: Workflow> IntoFuture for Run<W> {
    type Output = Result<W::Output, RunError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    /// Runs in the task that awaits it; dropping the future cancels the run. Nobody can watch such a run, so its stream
    /// keeps nothing.
    fn into_future(mut self) -> Self::IntoFuture {
        let is_watched = self.session.is_some();
        let context = self.context(0);
        let beginning = Beginning::Fresh {
            start: emission(self.input),
            is_watched,
        };
        let observer = Observer::of(&context, &self.shared.conditions.routes, self.watch);
        let (open, timeout) = (Open(context), self.timeout);
        Box::pin(execute(self.shared, open, beginning, timeout, observer))
    }
}

impl<W: Workflow> fmt::Debug for Run<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("workflow", &W::GRAPH.name())
            .field("input", &self.input)
            .finish_non_exhaustive()
    }
}
