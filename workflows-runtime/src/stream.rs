//! The event stream of a run: a bounded log that any number of readers follow, each at its own pace.

use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use futures_core::Stream;
use slab::Slab;
use workflows_core::{AnyEvent, Event};

use crate::{context::RunContext, endings::Lagged};

/// How many events a run's stream keeps for its readers, unless told otherwise.
pub(crate) const DEFAULT_CAPACITY: usize = 65_536;
/// How many events a reader takes at once.
const BATCH: usize = 64;

/// An event on a run's stream.
#[derive(Clone)]
pub struct StreamEvent {
    sequence: u64,
    event: Arc<dyn AnyEvent>,
}

impl StreamEvent {
    /// The number of the event on its stream: 0, 1, 2, … without a gap.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The event's name on the wire.
    #[must_use]
    pub fn name(&self) -> &'static str {
        (*self.event).info().name()
    }

    /// Whether it is an `E`.
    #[must_use]
    pub fn is<E: Event>(&self) -> bool {
        (*self.event).as_any().is::<E>()
    }

    /// The event, where it is an `E`.
    #[must_use]
    pub fn downcast_ref<E: Event>(&self) -> Option<&E> {
        (*self.event).as_any().downcast_ref()
    }

    /// The event as JSON.
    ///
    /// # Errors
    /// What the event's own `Serialize` reports.
    pub fn to_json(&self) -> Result<serde_json::Value, serde_json::Error> {
        (*self.event).to_json()
    }
}

impl fmt::Debug for StreamEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{} {:?}", self.sequence, self.event)
    }
}

struct Log {
    /// The sequence number of the oldest event that is kept.
    first: u64,
    events: VecDeque<Arc<dyn AnyEvent>>,
    ended: bool,
    /// The readers, with a waker for each that waits.
    readers: Slab<Option<Waker>>,
}

/// What has been published on the stream of one run.
pub(crate) struct EventLog {
    /// How many events are kept; 0 for a run that nobody can watch.
    capacity: usize,
    begins_at: u64,
    log: Mutex<Log>,
}

impl EventLog {
    /// One whose first event has this number.
    pub(crate) fn new(capacity: usize, first: u64) -> Self {
        let log = Log {
            first,
            events: VecDeque::new(),
            ended: false,
            readers: Slab::new(),
        };
        Self {
            capacity,
            begins_at: first,
            log: Mutex::new(log),
        }
    }

    /// The number of its first event: not 0 for a run that was restored.
    pub(crate) const fn begins_at(&self) -> u64 {
        self.begins_at
    }

    /// The number of the event that is published next.
    pub(crate) fn next(&self) -> u64 {
        let log = self.lock();
        log.first + log.events.len() as u64
    }

    /// Whether anybody can ever read it.
    pub(crate) const fn is_open(&self) -> bool {
        self.capacity > 0
    }

    pub(crate) fn publish(&self, event: Arc<dyn AnyEvent>) {
        let mut log = self.lock();
        if log.ended || !self.is_open() {
            return;
        }
        let oldest = if log.events.len() == self.capacity {
            log.first += 1;
            log.events.pop_front()
        } else {
            None
        };
        log.events.push_back(event);
        log.wake();
        drop(log);
        // An event's own `Drop` may be slow: not under the lock.
        drop(oldest);
    }

    /// Publishes the last event.
    pub(crate) fn end(&self, event: Arc<dyn AnyEvent>) {
        self.publish(event);
        self.close();
    }

    /// Ends it as it is.
    pub(crate) fn close(&self) {
        let mut log = self.lock();
        log.ended = true;
        log.wake();
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn wake(&mut self) {
        for (_, waker) in &mut self.readers {
            if let Some(waker) = waker.take() {
                waker.wake();
            }
        }
    }
}

/// A reader of a run's stream. Ends after the run's last event: `Stop<T>`, `RunFailed`, `RunStalled`,
/// `RunLimitExceeded`, `RunCancelled` or `RunTimedOut`.
///
/// A reader that is so slow that the stream has dropped what it wants next finds a [`Lagged`] in its place and goes on
/// with the oldest event that is left.
pub struct EventStream {
    run: Arc<RunContext>,
    reader: usize,
    /// The sequence number of the next event.
    next: u64,
    batch: VecDeque<StreamEvent>,
}

impl EventStream {
    pub(crate) fn new(run: Arc<RunContext>, from: u64) -> Self {
        let reader = run.log.lock().readers.insert(None);
        Self {
            run,
            reader,
            next: from,
            batch: VecDeque::new(),
        }
    }

    /// The next event, `None` after the last.
    ///
    /// # Cancel safety
    /// No event is lost where the future is dropped.
    pub async fn next(&mut self) -> Option<StreamEvent> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for EventStream {
    type Item = StreamEvent;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<StreamEvent>> {
        let this = &mut *self;
        if let Some(event) = this.batch.pop_front() {
            return Poll::Ready(Some(event));
        }
        let mut log = this.run.log.lock();
        if this.next < log.first {
            let missed = log.first - this.next;
            this.next = log.first;
            return Poll::Ready(Some(StreamEvent {
                sequence: log.first - 1,
                event: Arc::new(Lagged { missed }),
            }));
        }
        let skip = usize::try_from(this.next - log.first).unwrap_or(usize::MAX);
        for event in log.events.iter().skip(skip).take(BATCH) {
            this.batch.push_back(StreamEvent {
                sequence: this.next,
                event: Arc::clone(event),
            });
            this.next += 1;
        }
        match this.batch.pop_front() {
            None if !log.ended => {
                log.readers[this.reader] = Some(cx.waker().clone());
                Poll::Pending
            }
            event => Poll::Ready(event),
        }
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.run.log.lock().readers.remove(self.reader);
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}
