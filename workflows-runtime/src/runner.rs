//! Runs a workflow many times.

use std::{borrow::Cow, fmt, future::Future, sync::Arc, time::Duration};

use serde::Serialize;
use tokio::sync::Semaphore;
use workflows_core::{BoxError, Limits, Routes};

use crate::{
    driver::Conditions,
    observe::Watch,
    resources::{self, Factory, Overrides, Pool, Resources, ShutdownError},
    run::Run,
    session::Session,
    snapshot::{RestoreError, Snapshot},
    stream,
    workflow::Workflow,
};

pub(crate) struct Shared<W: Workflow> {
    pub(crate) flow: Arc<W>,
    pub(crate) conditions: Conditions,
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_event_bytes: Option<usize>,
    pub(crate) state: W::State,
    pub(crate) stream_capacity: usize,
    pub(crate) watch: Watch,
    pub(crate) resources: Arc<Pool>,
}

/// A workflow with everything that its runs share. Cheap to clone.
pub struct Runner<W: Workflow> {
    pub(crate) shared: Arc<Shared<W>>,
}

impl<W: Workflow> Runner<W> {
    /// A runner with the workflow's own settings.
    #[must_use]
    pub fn new(flow: W) -> Self {
        Self::builder(flow).build()
    }

    /// A runner with other settings.
    pub fn builder(flow: W) -> RunnerBuilder<W> {
        RunnerBuilder {
            flow: Arc::new(flow),
            timeout: W::TIMEOUT,
            max_concurrent_runs: None,
            state: W::State::default(),
            stream_capacity: stream::DEFAULT_CAPACITY,
            limits: Limits::default(),
            max_event_bytes: None,
            watch: Watch::default(),
            overrides: Overrides::default(),
        }
    }

    /// One run: await it for its result, or [`start`](Run::start) it for a handle.
    pub fn run(&self, input: W::Input) -> Run<W> {
        Run::new(Arc::clone(&self.shared), input)
    }

    /// Runs that share a state: what one leaves behind, the next one finds.
    #[must_use]
    pub fn session(&self) -> Session<W> {
        Session::new(self.clone(), self.shared.state.clone())
    }

    /// The session that a snapshot was taken of. Its runs go on where they were, in tasks of their own; their handles are
    /// in [`restored_runs`](Session::restored_runs). What was running begins again.
    ///
    /// # Errors
    /// Everything in the snapshot that does not fit the workflow; nothing has begun then.
    ///
    /// # Panics
    /// Outside of a tokio runtime, where the snapshot has runs.
    pub fn restore(&self, snapshot: Snapshot) -> Result<Session<W>, RestoreError> {
        Session::restore(self.clone(), snapshot)
    }

    /// Closes the resources that were made, the last one first: those whose factories return a
    /// [`Closing`](crate::Closing) are asked to, and all are let go of. Await it when the runs are over.
    ///
    /// Runs under way keep what they hold. A step that asks for a resource afterwards has it made anew. Without this, the
    /// resources are dropped with the last of the runner, its runs and their handles, also the last one first, but nobody
    /// awaits their closing.
    ///
    /// # Errors
    /// Everything that could not be closed; the rest is.
    ///
    /// # Cancel safety
    /// The closing that is under way is given up; call it again for the rest.
    pub async fn shutdown(&self) -> Result<(), ShutdownError> {
        resources::shut_down(&self.shared.resources).await
    }

    /// The workflow.
    #[must_use]
    pub fn workflow(&self) -> &W {
        &self.shared.flow
    }
}

impl<W: Workflow> Clone for Runner<W> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<W: Workflow> fmt::Debug for Runner<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner")
            .field("workflow", &W::GRAPH.name())
            .finish_non_exhaustive()
    }
}

/// The settings of a [`Runner`].
#[must_use]
pub struct RunnerBuilder<W: Workflow> {
    flow: Arc<W>,
    timeout: Option<Duration>,
    max_concurrent_runs: Option<usize>,
    state: W::State,
    stream_capacity: usize,
    limits: Limits,
    max_event_bytes: Option<usize>,
    watch: Watch,
    overrides: Overrides,
}

impl<W: Workflow> RunnerBuilder<W> {
    /// How long a run may take, counted from the moment it gets its place among the concurrent runs; `None`: as long as
    /// it likes. The time in which it is paused does not count.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = timeout.into();
        self
    }

    /// How many runs are under way at once; the others wait for a place, first come, first served. At least 1.
    pub fn max_concurrent_runs(mut self, runs: usize) -> Self {
        self.max_concurrent_runs = Some(runs.clamp(1, Semaphore::MAX_PERMITS));
        self
    }

    /// The state that every run begins with, instead of the default.
    pub fn state(mut self, state: W::State) -> Self {
        self.state = state;
        self
    }

    /// How many events a run's stream keeps for slow readers; 65,536 unless set. At least 1.
    pub fn stream_capacity(mut self, events: usize) -> Self {
        self.stream_capacity = events.max(1);
        self
    }

    /// How many invocations of its steps a run may have in all, retries not counted; `None`, which is the default: as
    /// many as it likes. A run that goes beyond fails as [`RunError::LimitExceeded`](crate::RunError).
    pub fn max_invocations(mut self, invocations: impl Into<Option<u64>>) -> Self {
        self.limits.invocations = invocations.into();
        self
    }

    /// How many events of a run may be on their way at once, queued, being worked on or kept for a wait; `None`, which is
    /// the default: as many as there is memory for. A run that goes beyond fails as [`RunError::LimitExceeded`](crate::RunError).
    pub fn max_events_in_flight(mut self, events: impl Into<Option<usize>>) -> Self {
        self.limits.in_flight = events.into();
        self
    }

    /// How many bytes an event may have as JSON; `None`, which is the default: as many as it likes. A step that emits a
    /// larger one fails with [`EventTooLarge`](crate::EventTooLarge), and a larger one from outside is refused.
    ///
    /// Where it is set, every event is written as JSON to be measured.
    pub fn max_event_bytes(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.max_event_bytes = bytes.into();
        self
    }

    /// Takes `resource` for what `factory` would make: for a test, or for a tenant.
    ///
    /// It is shared by all, also where a step says `cache = false`.
    pub fn resource<F, T, How: 'static>(mut self, _factory: F, resource: T) -> Self
    where
        F: Factory<Arc<T>, How, Resource = T>,
        T: Send + Sync + 'static,
    {
        self.overrides.resource::<F, T>(resource);
        self
    }

    /// Uses another factory in the place of `factory`: `.resource_with(make_db, |_| async { Ok(Db::in_memory().await?) })`.
    pub fn resource_with<F, T, How: 'static, Fut>(
        mut self,
        _factory: F,
        instead: impl Fn(Resources) -> Fut + Send + Sync + 'static,
    ) -> Self
    where
        F: Factory<Arc<T>, How, Resource = T>,
        T: Send + Sync + 'static,
        Fut: Future<Output = Result<T, BoxError>> + Send + 'static,
    {
        self.overrides.factory::<F, T, Fut>(instead);
        self
    }

    /// Takes `document` for the contents of a config file, which is then not read. The name is that of the attribute,
    /// letter for letter.
    pub fn config(mut self, file: impl Into<Cow<'static, str>>, document: impl Serialize) -> Self {
        self.overrides.config(file.into(), &document);
        self
    }

    /// Whether the streams of its runs also carry what the runtime does; see
    /// [`Run::internal_events`](crate::Run::internal_events).
    pub fn internal_events(mut self, on: bool) -> Self {
        self.watch.internal_events = on;
        self
    }

    /// Whether its runs print a line to stderr whenever a step starts, finishes, fails, waits or goes on.
    pub fn verbose(mut self, on: bool) -> Self {
        self.watch.verbose = on;
        self
    }

    /// Whether its runs keep what happens in them for [`RunHandle::history`](crate::RunHandle::history): memory in
    /// proportion to their invocations.
    pub fn record_history(mut self, on: bool) -> Self {
        self.watch.history = on;
        self
    }

    /// The runner.
    #[must_use]
    pub fn build(self) -> Runner<W> {
        let places = self.max_concurrent_runs.map(Semaphore::new);
        let conditions = Conditions {
            flow: Arc::clone(&self.flow) as _,
            routes: Arc::new(Routes::new(W::GRAPH)),
            places: places.map(Arc::new),
            limits: self.limits,
        };
        let shared = Shared {
            flow: self.flow,
            conditions,
            timeout: self.timeout,
            max_event_bytes: self.max_event_bytes,
            state: self.state,
            stream_capacity: self.stream_capacity,
            watch: self.watch,
            resources: Arc::new(self.overrides.into_pool()),
        };
        Runner {
            shared: Arc::new(shared),
        }
    }
}

impl<W: Workflow> fmt::Debug for RunnerBuilder<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunnerBuilder")
            .field("workflow", &W::GRAPH.name())
            .finish_non_exhaustive()
    }
}
