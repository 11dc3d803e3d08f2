//! What a step knows of its run.

use std::{
    fmt,
    future::Future,
    marker::PhantomData,
    sync::{Arc, Mutex, OnceLock},
    time::{Duration, SystemTime},
};

use serde::{Serialize, de::DeserializeOwned};
use tokio::time::Instant;
use workflows_core::{BoxError, DictState, Event, Failure, History, Outbox, StateModel, Timestamp};

use crate::{
    desk::Desk,
    mailbox::{Mailbox, Message},
    resources::Pool,
    run_id::RunId,
    seat::Seat,
    size,
    store::{AnyStore, Store},
    stream::EventLog,
    waiter::Sleep,
};

/// What all parts of one run share.
pub(crate) struct RunContext {
    id: OnceLock<RunId>,
    pub(crate) store: Arc<dyn AnyStore>,
    pub(crate) log: EventLog,
    pub(crate) mailbox: Mailbox,
    pub(crate) desk: Desk,
    pub(crate) clock: Clock,
    pub(crate) resources: Arc<Pool>,
    /// How many bytes an event may have as JSON.
    pub(crate) max_event_bytes: Option<usize>,
    /// What has happened, where that is recorded.
    pub(crate) history: OnceLock<Box<Mutex<History>>>,
}

impl RunContext {
    /// That of a run that was under way before: with its id, and never earlier than `now`.
    pub(crate) fn restored(
        id: RunId,
        now: Timestamp,
        store: Arc<dyn AnyStore>,
        log: EventLog,
        resources: Arc<Pool>,
        max_event_bytes: Option<usize>,
    ) -> Self {
        let mut context = Self::new(store, log, resources, max_event_bytes);
        context.id = OnceLock::from(id);
        context.clock.system = context.clock.system.max(now);
        context
    }

    pub(crate) fn new(
        store: Arc<dyn AnyStore>,
        log: EventLog,
        resources: Arc<Pool>,
        max_event_bytes: Option<usize>,
    ) -> Self {
        Self {
            id: OnceLock::new(),
            store,
            log,
            mailbox: Mailbox::default(),
            desk: Desk::default(),
            clock: Clock::new(),
            resources,
            max_event_bytes,
            history: OnceLock::new(),
        }
    }

    /// Checks how large the events are that a step emits.
    pub(crate) fn check_sizes(&self, outbox: &Outbox) -> Result<(), BoxError> {
        match self.max_event_bytes {
            Some(limit) => size::check_all(outbox, limit),
            None => Ok(()),
        }
    }

    pub(crate) fn id(&self) -> RunId {
        *self.id.get_or_init(RunId::new)
    }
}

/// The time of a run: that of the system when it began, and from then on tokio's, which never goes back and stands
/// still in tests.
pub(crate) struct Clock {
    system: Timestamp,
    began: Instant,
}

impl Clock {
    fn new() -> Self {
        let epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Self {
            system: Timestamp::after(epoch.unwrap_or_default()),
            began: Instant::now(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.system.plus(self.began.elapsed())
    }

    /// The instant at which it is `time`.
    pub(crate) fn instant(&self, time: Timestamp) -> Instant {
        let ahead = time.since(self.system);
        // Far enough off, and every platform can count to it.
        const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 30);
        self.began + ahead.min(FAR)
    }
}

/// What a step knows of its run: the state, the event stream, and which attempt of which step it is.
///
/// `S` is the state of the workflow, the same in all its steps; `Context` alone holds a [`DictState`].
pub struct Context<S = DictState> {
    seat: Seat,
    state: PhantomData<fn() -> S>,
}

impl<S> Context<S> {
    pub(crate) const fn new(seat: Seat) -> Self {
        Self {
            seat,
            state: PhantomData,
        }
    }

    /// Names the run.
    #[must_use]
    pub fn run_id(&self) -> RunId {
        self.seat.run.id()
    }

    /// The name of the step.
    #[must_use]
    pub const fn step_name(&self) -> &'static str {
        self.seat.step.name
    }

    /// Which try of the step on its event this is.
    #[must_use]
    pub fn attempt(&self) -> Attempt {
        let earlier = self.seat.earlier.as_deref();
        Attempt {
            failures: self.seat.failures(),
            interruptions: earlier.map_or(0, |earlier| earlier.interruptions),
            elapsed: self.seat.run.clock.now().since(self.seat.began),
            failure: earlier.and_then(|earlier| earlier.failure.clone()),
        }
    }

    /// Waits until time has passed. The step gives its place among the workers to another meanwhile, and its own
    /// timeout stands still; a run that is restored sleeps on for the time that is left.
    pub fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(self.seat.clone(), duration)
    }

    /// Does something once for all attempts of this step on its event: the first result is kept, and the attempts that
    /// come later get it without doing the work again. A result that is an error is not kept.
    ///
    /// `key` names the result within the invocation. Two calls with one key at once both do the work.
    ///
    /// # Errors
    /// What `work` returns; a result that serde cannot write or read again.
    ///
    /// # Cancel safety
    /// Where it is dropped before the result is kept, the work may be done again.
    pub async fn once<T, E>(
        &self,
        key: &str,
        work: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<T, BoxError>
    where
        T: Serialize + DeserializeOwned,
        E: Into<BoxError>,
    {
        let Seat { run, id, .. } = &self.seat;
        let kept = |value| {
            let read = serde_json::from_value(value);
            read.map_err(|error| BoxError::from(format!("the result kept as `{key}`: {error}")))
        };
        if let Some(value) = run.desk.recorded(*id, key) {
            return kept(value);
        }
        let result = work().await.map_err(Into::into)?;
        let value = serde_json::to_value(&result)
            .map_err(|error| format!("the result to be kept as `{key}`: {error}"))?;
        if let Some(first) = run.desk.record(*id, key, &value) {
            return kept(first);
        }
        // Where the run is over, nothing comes later.
        run.mailbox.post(Message::Record {
            invocation: *id,
            key: key.to_owned(),
            value,
        });
        Ok(result)
    }

    /// Whether the run is over, so that nobody wants the result of this step any more.
    ///
    /// A step that awaits is dropped then; one that is `blocking` cannot be, and should ask now and then.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.seat.run.mailbox.is_closed()
    }

    /// Runs a future to its end in a `#[step(blocking)]`, as in `ctx.block_on(ctx.store().get_state())`.
    ///
    /// # Panics
    /// In a step that is not `blocking`: it would keep all tasks of its thread from running.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        tokio::runtime::Handle::current().block_on(future)
    }

    /// Publishes an event on the run's stream, at once and whatever becomes of the step.
    ///
    /// Never waits: the stream keeps the newest events, and a reader that falls behind is told how many it missed. Does
    /// nothing in a run that was awaited directly, which nobody can watch.
    pub fn write_event_to_stream(&self, event: impl Event) {
        if self.seat.run.log.is_open() {
            self.seat.run.log.publish(Arc::new(event));
        }
    }
}

impl<S: StateModel> Context<S> {
    /// The state of the run.
    #[must_use]
    pub fn store(&self) -> &Store<S> {
        let store = self.seat.run.store.as_any();
        store
            .downcast_ref()
            .expect("the compiler checks that all steps of a workflow name one state type")
    }

    /// Changes the state when the step returns `Ok`, together with the commit of what it emits. An attempt that fails
    /// changes nothing. The edits of one attempt are made in their order, all or none.
    pub fn edit_on_commit(&self, edit: impl FnOnce(&mut S) + Send + 'static) {
        let edit = |state: &mut dyn std::any::Any| {
            let state = state.downcast_mut();
            edit(
                state
                    .expect("the compiler checks that all steps of a workflow name one state type"),
            );
        };
        let Seat { run, id, .. } = &self.seat;
        if !run.desk.defer(*id, self.seat.failures(), Box::new(edit)) {
            tracing::warn!("the state was edited by an attempt that was given up: it is dropped");
        }
    }
}

impl<S> Clone for Context<S> {
    fn clone(&self) -> Self {
        Self::new(self.seat.clone())
    }
}

impl<S> fmt::Debug for Context<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("step", &self.seat.step.name)
            .finish_non_exhaustive()
    }
}

/// Which try of a step on its event.
#[derive(Clone, Debug)]
pub struct Attempt {
    failures: u32,
    interruptions: u32,
    elapsed: Duration,
    failure: Option<Failure>,
}

impl Attempt {
    /// 1 for the first, one more for each attempt that failed or was interrupted.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.failures
            .saturating_add(self.interruptions)
            .saturating_add(1)
    }

    /// How many attempts failed.
    #[must_use]
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// How many attempts were cut off by the end of their process: the run was restored from a snapshot.
    #[must_use]
    pub const fn interruptions(&self) -> u32 {
        self.interruptions
    }

    /// The time since the first attempt began.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Why the last attempt failed; `None` where none has.
    #[must_use]
    pub fn last_error(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.failure.as_ref().map(|failure| &**failure.source())
    }
}
