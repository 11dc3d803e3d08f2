//! Timers: what is due at which time.

use std::collections::BTreeMap;

use super::place::Place;
use crate::{
    output::Emission,
    tick::{InvocationId, Timestamp, WaitKey},
};

/// Names a timer: when it is due, and which of those that are due at that time.
pub(super) type TimerKey = (Timestamp, u64);

/// What is due.
#[derive(Clone, Debug)]
pub(super) enum Timer<P> {
    /// The next attempt of an invocation.
    Retry(InvocationId),
    /// The end of a wait.
    Wait(InvocationId, WaitKey),
    /// An event that was emitted for later.
    Delivery(Emission<P>, Place),
}

/// The timers of a run, in the order in which they are due; those of one time in the order in which they were set.
#[derive(Clone, Debug)]
pub(super) struct Timers<P> {
    pub(super) set: BTreeMap<TimerKey, Timer<P>>,
    serial: u64,
}

impl<P> Timers<P> {
    pub(super) const fn new() -> Self {
        Self {
            set: BTreeMap::new(),
            serial: 0,
        }
    }

    /// How many there have been.
    pub(super) const fn serial(&self) -> u64 {
        self.serial
    }

    /// Numbers the next ones from here on.
    pub(super) fn count_from(&mut self, serial: u64) {
        let last = self.set.keys().map(|(_, number)| *number).max();
        self.serial = serial.max(last.unwrap_or(0));
    }

    pub(super) fn add(&mut self, due: Timestamp, timer: Timer<P>) -> TimerKey {
        self.serial += 1;
        let key = (due, self.serial);
        self.set.insert(key, timer);
        key
    }

    pub(super) fn remove(&mut self, key: TimerKey) {
        self.set.remove(&key);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.set.keys().next().map(|(due, _)| *due)
    }

    /// Takes the first timer, where it is due.
    pub(super) fn pop_due(&mut self, now: Timestamp) -> Option<Timer<P>> {
        let first = self.set.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}
