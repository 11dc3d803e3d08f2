//! A run that is under way.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, PoisonError},
    task::{Context, Poll, ready},
};

use tokio::{sync::oneshot, task::JoinHandle};
use workflows_core::{AnyEvent, BoxError, Emission, Event, EventInfo, History, Json, graph::check};

use crate::{
    context::RunContext,
    error::RunError,
    mailbox::Message,
    run_id::RunId,
    session, size,
    snapshot::{Snapshot, SnapshotError},
    stream::EventStream,
    workflow::Workflow,
};

/// A run that is under way in a task of its own. Await it for the result.
///
/// Dropping the handle lets the run go on; [`cancel`](Self::cancel) ends it.
#[must_use = "await the handle for the result of the run"]
pub struct RunHandle<W: Workflow> {
    run: Arc<RunContext>,
    task: JoinHandle<Result<W::Output, RunError>>,
}

impl<W: Workflow> RunHandle<W> {
    pub(crate) const fn new(
        run: Arc<RunContext>,
        task: JoinHandle<Result<W::Output, RunError>>,
    ) -> Self {
        Self { run, task }
    }

    /// Names the run.
    #[must_use]
    pub fn run_id(&self) -> RunId {
        self.run.id()
    }

    /// Whether the run has ended.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.task.is_finished()
    }

    /// Cancels the run: its steps are dropped where they wait, and awaiting the handle gives
    /// [`RunError::Cancelled`]. Does nothing on a run that has ended.
    pub fn cancel(&self) {
        self.run.mailbox.post(Message::Cancel);
    }

    /// Begins nothing new until [`resume`](Self::resume): what runs goes on to its end, what comes of it waits. The
    /// timeout of the run stands still meanwhile. Does nothing on a run that has ended.
    pub fn pause(&self) {
        self.run.mailbox.post(Message::Pause);
    }

    /// Lets a paused run go on.
    pub fn resume(&self) {
        self.run.mailbox.post(Message::Resume);
    }

    /// Sends an event to the run from outside: to the oldest wait that takes it, or else to every step that runs on it.
    ///
    /// Does not build for an event that the workflow does not take from outside: one that is not `human_response`, or
    /// that no step takes or waits for.
    ///
    /// # Errors
    /// Where the run has ended. An event that arrives while the run ends is dropped with it.
    pub fn send_event<E: Event>(&self, event: E) -> Result<(), SendError> {
        const { check::sent(&W::GRAPH, &EventInfo::of::<E>()) };
        self.post(Box::new(event))
    }

    /// Sends an event to the run whose type is known only at run time, by its name on the wire.
    ///
    /// # Errors
    /// Where the workflow takes no event of this name from outside, where `payload` is none of that event, or where the
    /// run has ended.
    pub fn send_json(&self, event: &str, payload: serde_json::Value) -> Result<(), SendError> {
        let accepted = accepted::<W>();
        let Some(info) = accepted.iter().find(|info| info.name() == event) else {
            return Err(SendError::NotTaken {
                event: event.to_owned(),
                accepted: accepted.iter().map(EventInfo::name).collect(),
            });
        };
        let payload = info.decode(payload).map_err(|error| SendError::Invalid {
            event: info.name(),
            error: error.to_string(),
        })?;
        self.post(payload)
    }

    fn post(&self, payload: Box<dyn AnyEvent>) -> Result<(), SendError> {
        let info = (*payload).info();
        if let Some(limit) = self.run.max_event_bytes {
            let refused = |error: BoxError| SendError::Invalid {
                event: info.name(),
                error: error.to_string(),
            };
            size::check(&*payload, limit).map_err(refused)?;
        }
        let event = info.id();
        let sent = Message::Send(Emission { event, payload });
        if self.run.mailbox.post(sent) {
            Ok(())
        } else {
            Err(SendError::Ended { event: info.name() })
        }
    }

    /// The names of the steps that are running now, once per invocation, in declaration order. Empty after the end.
    ///
    /// # Cancel safety
    /// Reads only.
    pub async fn running_steps(&self) -> Vec<&'static str> {
        let (reply, steps) = oneshot::channel();
        if self.is_done() {
            return Vec::new();
        }
        self.run.mailbox.post(Message::RunningSteps(reply));
        steps.await.unwrap_or_default()
    }

    /// The run as plain data, to go on from with [`Runner::restore`](crate::Runner::restore): its state, and all that is
    /// in flight. Takes time in proportion to that. The run goes on.
    ///
    /// What is running at that moment begins again in the restored run, with what it runs on, what it has
    /// [recorded](crate::Context::once) and the answers that it has had; what has been committed does not.
    ///
    /// # Errors
    /// The run has ended; the state or an event in flight cannot be written as JSON.
    ///
    /// # Cancel safety
    /// Changes nothing.
    pub async fn snapshot(&self) -> Result<Snapshot, SnapshotError> {
        let (run, state) = session::record(&self.run).await?;
        Ok(Snapshot::new(&W::GRAPH, Json(state), vec![run]))
    }

    /// What has happened in the run so far: which step ran when and how often, and which events led from one to the
    /// next. It draws itself, as text, Mermaid, DOT or SVG.
    ///
    /// `None` unless the run was asked to [record](crate::Run::record_history) it.
    #[must_use]
    pub fn history(&self) -> Option<History> {
        let history = self.run.history.get()?.lock();
        Some(history.unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// A reader of the events that the run publishes, from the first on. Call it as often as you like: each reader sees
    /// all of them.
    #[must_use]
    pub fn stream_events(&self) -> EventStream {
        self.stream_events_from(self.run.log.begins_at())
    }

    /// A reader of the events that the run publishes, from this sequence number on.
    #[must_use]
    pub fn stream_events_from(&self, sequence: u64) -> EventStream {
        EventStream::new(Arc::clone(&self.run), sequence)
    }
}

/// Why an event was not sent to a run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The workflow takes no such event from outside.
    #[error(
        "the workflow takes no `{event}` from outside; it takes {}",
        listed(accepted)
    )]
    NotTaken {
        /// The name.
        event: String,
        /// The events that it takes from outside.
        accepted: Vec<&'static str>,
    },
    /// The payload is none of the event.
    #[error("the payload is refused as `{event}`: {error}")]
    Invalid {
        /// The event.
        event: &'static str,
        /// What is wrong with it.
        error: String,
    },
    /// The run has ended.
    #[error("`{event}` comes too late: the run has ended")]
    Ended {
        /// The event.
        event: &'static str,
    },
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        return "none: mark an event `#[event(human_response)]`".to_owned();
    }
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The events that a workflow takes from outside.
fn accepted<W: Workflow>() -> Vec<EventInfo> {
    let events = W::GRAPH.events().into_iter();
    let accepted = events.filter(|event| check::takes_from_outside(W::GRAPH.steps(), event));
    accepted.collect()
}

impl<W: Workflow> Future for RunHandle<W> {
    type Output = Result<W::Output, RunError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match ready!(Pin::new(&mut self.task).poll(cx)) {
            Ok(result) => Poll::Ready(result),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Poll::Ready(Err(RunError::RuntimeShutDown {
                    workflow: W::GRAPH.name(),
                })),
            },
        }
    }
}

impl<W: Workflow> fmt::Debug for RunHandle<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunHandle")
            .field("run_id", &self.run.id())
            .finish_non_exhaustive()
    }
}
