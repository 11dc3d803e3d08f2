//! The right to emit events besides returning them.

use std::{
    fmt,
    marker::PhantomData,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use workflows_core::{AnyEvent, Emission, EventSet, Item, MemberOf, Outbox};

use crate::{mailbox::Message, seat::Seat};

/// The right of a step to emit the events of `E` besides those that it returns.
///
/// What is sent is committed together with what the step returns, when it returns `Ok`, or when it begins to wait; a
/// failed attempt leaves nothing else behind, and the attempt after it does not commit again what it sends before that
/// wait. A clone may go to other tasks; what it sends after the step has returned is dropped.
pub struct Emitter<E> {
    seat: Seat,
    events: PhantomData<fn(E)>,
}

impl<E> Emitter<E> {
    pub(crate) const fn new(seat: Seat) -> Self {
        Self {
            seat,
            events: PhantomData,
        }
    }

    /// Emits an event when the step returns `Ok`, before the events that it returns and after those sent earlier.
    pub fn send(&self, event: impl MemberOf<E>)
    where
        E: EventSet,
    {
        self.push(Item::Event(emission(event)));
    }

    /// Emits an event that is routed `delay` after the step has returned `Ok`. A run does not end, and a fan-out does not
    /// close, before it has come.
    pub fn send_after(&self, event: impl MemberOf<E>, delay: Duration)
    where
        E: EventSet,
    {
        let emission = emission(event);
        self.push(Item::Later { delay, emission });
    }

    /// Emits an event at once, whatever becomes of the step: an attempt that fails later has sent it all the same.
    pub fn send_now(&self, event: impl MemberOf<E>)
    where
        E: EventSet,
    {
        let outbox = Outbox::from_iter([Item::Event(emission(event))]);
        let Seat { run, id, .. } = &self.seat;
        if let Err(error) = run.check_sizes(&outbox) {
            return run.desk.refuse(*id, self.seat.failures(), error);
        }
        let invocation = *id;
        if !run.mailbox.post(Message::Emit { invocation, outbox }) {
            tracing::warn!("an event was sent in a run that was over: it is dropped");
        }
    }

    fn push(&self, item: Item<Box<dyn AnyEvent>>) {
        if let Some(sent) = &self.seat.sent {
            sent.push(item);
        }
    }
}

fn emission<E: EventSet>(event: impl MemberOf<E>) -> Emission<Box<dyn AnyEvent>> {
    let (event, payload) = event.into_set().into_event();
    Emission { event, payload }
}

impl<E> Clone for Emitter<E> {
    fn clone(&self) -> Self {
        Self {
            seat: self.seat.clone(),
            events: PhantomData,
        }
    }
}

impl<E> fmt::Debug for Emitter<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emitter").finish_non_exhaustive()
    }
}

/// What the emitters of one invocation have sent; `None` once the step has returned.
#[derive(Clone)]
pub struct Sent(Arc<Mutex<Option<Outbox>>>);

impl Default for Sent {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Some(Outbox::new()))))
    }
}

impl Sent {
    /// What was sent in the end. What comes later is dropped.
    pub(crate) fn close(self) -> Outbox {
        self.outbox().take().unwrap_or_default()
    }

    /// What was sent so far.
    pub(crate) fn take(&self) -> Outbox {
        let mut outbox = self.outbox();
        outbox.as_mut().map(std::mem::take).unwrap_or_default()
    }

    fn push(&self, item: Item<Box<dyn AnyEvent>>) {
        match &mut *self.outbox() {
            Some(outbox) => outbox.push(item),
            None => tracing::warn!("an event was sent by a step that had returned: it is dropped"),
        }
    }

    fn outbox(&self) -> MutexGuard<'_, Option<Outbox>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
