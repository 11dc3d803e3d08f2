//! Waiting in the middle of a step: for an event from outside or from another step, or for time to pass.

use std::{
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use workflows_core::{Answer, AnyEvent, Event, EventInfo, EventSet, Wait, WaitKey};

use crate::{
    desk::{Filter, Unopened},
    mailbox::Message,
    seat::Seat,
};

/// The right of a step to wait for an `E` in the middle of its work.
///
/// While a step waits, its place among the workers is another's, what it has sent is committed, and its own timeout
/// stands still. An event that a wait takes goes to no step that runs on it; one event ends one wait, the oldest that
/// takes it; events that come before the wait are kept for it.
pub struct Waiter<E> {
    seat: Seat,
    events: PhantomData<fn() -> E>,
}

impl<E> Waiter<E> {
    pub(crate) const fn new(seat: Seat) -> Self {
        Self {
            seat,
            events: PhantomData,
        }
    }

    /// Waits for an event. Refine the wait before you await it:
    /// `human.wait().announce(question).timeout(minutes).await?`.
    ///
    /// Waits of one step may be concurrent (`tokio::join!`, `tokio::select!`).
    pub fn wait(&self) -> Waiting<E>
    where
        E: EventSet,
    {
        Waiting {
            pause: Pause::new(self.seat.clone(), E::MEMBERS),
            filter: None,
            events: PhantomData,
        }
    }
}

impl<E> Clone for Waiter<E> {
    fn clone(&self) -> Self {
        Self {
            seat: self.seat.clone(),
            events: PhantomData,
        }
    }
}

impl<E> fmt::Debug for Waiter<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter").finish_non_exhaustive()
    }
}

/// Why a wait ended without its event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// The time was over.
    #[error("no {events} came within {timeout:?}")]
    TimedOut {
        /// What it waited for.
        events: String,
        /// How long.
        timeout: Duration,
    },
    /// The run is over.
    #[error("the run ended while a step waited for {events}")]
    RunEnded {
        /// What it waited for.
        events: String,
    },
    /// The attempt is over: it was given up, as one that takes too long and goes on in a thread that cannot be stopped, or
    /// has left the wait to another task.
    #[error("an attempt that is over waits for {events} no more")]
    GivenUp {
        /// What it waited for.
        events: String,
    },
    /// The attempt has another wait of this name: each needs its own.
    #[error("the step waits more than once under the name `{id}`: each wait needs its own")]
    SameId {
        /// The name.
        id: String,
    },
    /// What the attempt has sent before the wait may not be sent. The attempt fails, whatever it returns.
    #[error("what was sent before a wait for {events} is refused: {error}")]
    Refused {
        /// What it waited for.
        events: String,
        /// Why it is refused.
        error: String,
    },
}

type TypedFilter<E> = Box<dyn FnMut(&E) -> bool + Send>;

/// A wait for an `E`. Await it for the event.
///
/// # Errors
/// [`WaitError::TimedOut`] after the [`timeout`](Self::timeout); [`WaitError::SameId`] where the attempt has used the
/// [name](Self::id) before.
///
/// # Cancel safety
/// A wait that is dropped takes no event: one that has come already, and that nobody has seen, is there for the next wait
/// or for the steps that run on it. One that the attempt makes again under the same key does not repeat its announcement.
#[must_use = "a wait does nothing unless it is awaited"]
pub struct Waiting<E> {
    pause: Pause,
    filter: Option<TypedFilter<E>>,
    events: PhantomData<fn() -> E>,
}

impl<E: EventSet> Waiting<E> {
    /// Publishes a question on the run's stream, once, when the wait begins.
    pub fn announce(mut self, question: impl Event) -> Self {
        self.pause.announcement = Some(Box::new(question));
        self
    }

    /// Takes only an event for which `takes` says yes; the others stay for other waits and steps. Where `takes` panics, the
    /// step does.
    pub fn matching(mut self, takes: impl FnMut(&E) -> bool + Send + 'static) -> Self {
        self.filter = Some(Box::new(takes));
        self
    }

    /// Names the wait within the invocation. Without a name it is known by its number, in the order of the calls of
    /// [`Waiter::wait`]; name waits whose order may change from one attempt to the next.
    ///
    /// Each wait of a step needs its own name: the second under one name fails with [`WaitError::SameId`]. Other
    /// invocations may use the same names.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.pause.key = WaitKey::Name(Arc::from(id.into()));
        self
    }

    /// Gives up after this time with [`WaitError::TimedOut`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.pause.timeout = Some(timeout);
        self
    }

    fn error(&self, why: Unanswered) -> WaitError {
        let names = E::MEMBERS.iter().map(|event| format!("`{}`", event.name()));
        let events = names.collect::<Vec<_>>().join(" or ");
        match (why, self.pause.timeout) {
            (Unanswered::TimedOut, Some(timeout)) => WaitError::TimedOut { events, timeout },
            (Unanswered::TimedOut | Unanswered::RunEnded, _) => WaitError::RunEnded { events },
            (Unanswered::Refused(error), _) => WaitError::Refused { events, error },
            (Unanswered::GivenUp, _) => WaitError::GivenUp { events },
            (Unanswered::SameId, _) => WaitError::SameId {
                id: self.pause.key.to_string(),
            },
        }
    }
}

impl<E: EventSet> Future for Waiting<E> {
    type Output = Result<E, WaitError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let filter = this.filter.take().map(erased);
        let answer = ready!(this.pause.poll(filter, cx));
        let event = answer.and_then(|event| {
            // The broker answers with nothing else.
            E::from_event(event).map_err(|_| Unanswered::RunEnded)
        });
        Poll::Ready(event.map_err(|why| this.error(why)))
    }
}

/// A filter of typed events as one of any event. What is no `E` is not taken.
fn erased<E: EventSet>(mut takes: TypedFilter<E>) -> Filter {
    Box::new(move |event: &dyn AnyEvent| {
        E::from_event(event.boxed_clone()).is_ok_and(|event| takes(&event))
    })
}

impl<E> fmt::Debug for Waiting<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting")
            .field("key", &self.pause.key)
            .finish_non_exhaustive()
    }
}

/// Waits until time has passed, without a place among the workers.
///
/// # Cancel safety
/// Dropping it ends the sleep.
#[must_use = "a sleep does nothing unless it is awaited"]
pub struct Sleep(Pause);

impl Sleep {
    pub(crate) fn new(seat: Seat, duration: Duration) -> Self {
        let mut pause = Pause::new(seat, &[]);
        pause.timeout = Some(duration);
        Self(pause)
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // A run that is over drops the step; one that cannot be dropped need not sleep on.
        self.0.poll(None, cx).map(|_| ())
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sleep").field(&self.0.timeout).finish()
    }
}

/// Why a wait has no event.
enum Unanswered {
    TimedOut,
    RunEnded,
    GivenUp,
    SameId,
    Refused(String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    New,
    Open,
    Over,
}

/// What waits and sleeps have in common: a wait that the broker knows.
struct Pause {
    seat: Seat,
    events: &'static [EventInfo],
    key: WaitKey,
    announcement: Option<Box<dyn AnyEvent>>,
    timeout: Option<Duration>,
    phase: Phase,
}

impl Pause {
    fn new(seat: Seat, events: &'static [EventInfo]) -> Self {
        let key = seat.run.desk.number(seat.id, seat.failures());
        Self {
            seat,
            events,
            key,
            announcement: None,
            timeout: None,
            phase: Phase::New,
        }
    }

    /// The answer.
    fn poll(
        &mut self,
        filter: Option<Filter>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Box<dyn AnyEvent>, Unanswered>> {
        if self.phase == Phase::New {
            self.open(filter, cx)?;
        }
        let Seat { run, id, .. } = &self.seat;
        let answer = run
            .desk
            .poll(*id, self.seat.failures(), &self.key, cx.waker());
        match answer {
            Poll::Ready(Some(answer)) => {
                self.phase = Phase::Over;
                if matches!(self.key, WaitKey::Name(_)) {
                    run.desk.note_answered(*id, self.key.clone());
                }
                Poll::Ready(match answer {
                    Answer::Event(event) => Ok(event),
                    Answer::TimedOut => Err(Unanswered::TimedOut),
                })
            }
            _ if run.mailbox.is_closed() => Poll::Ready(Err(Unanswered::RunEnded)),
            Poll::Ready(None) => Poll::Ready(Err(Unanswered::GivenUp)),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Tells the run of the wait.
    fn open(&mut self, filter: Option<Filter>, cx: &Context<'_>) -> Result<(), Unanswered> {
        let (Seat { run, id, .. }, failures) = (&self.seat, self.seat.failures());
        let choosy = filter.is_some();
        let opened = run.desk.open(&self.seat, &self.key, filter, cx.waker());
        opened.map_err(|why| match why {
            Unopened::GivenUp => Unanswered::GivenUp,
            Unopened::SameId => Unanswered::SameId,
        })?;
        let sent = self.seat.take_sent();
        if let Err(error) = run.check_sizes(&sent) {
            let text = error.to_string();
            run.desk.close(*id, failures, &self.key);
            run.desk.refuse(*id, failures, error);
            return Err(Unanswered::Refused(text));
        }
        self.phase = Phase::Open;
        let wait = Wait {
            key: self.key.clone(),
            events: self.events,
            choosy,
            sent,
            announcement: self.announcement.take(),
            timeout: self.timeout,
        };
        run.mailbox.post(Message::Wait {
            invocation: *id,
            failures,
            wait: Box::new(wait),
        });
        Ok(())
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        if self.phase == Phase::Open {
            let (Seat { run, id, .. }, failures) = (&self.seat, self.seat.failures());
            run.desk.close(*id, failures, &self.key);
            run.mailbox.post(Message::DropWait {
                invocation: *id,
                failures,
                key: self.key.clone(),
            });
        }
    }
}
