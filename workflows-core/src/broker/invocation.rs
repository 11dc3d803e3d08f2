//! Invocations: runnings of steps, from the first attempt to the commit.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    place::Place,
    timers::TimerKey,
    waits::{OpenWait, Waits},
};
use crate::{
    routes::{EventKey, StepId},
    tick::{Earlier, Failure, StepInput, Timestamp, WaitKey},
};

/// What an invocation is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It runs and has a place among the workers of its step.
    Running,
    /// It waits for an event or sleeps, and has given its place back.
    Waiting,
    /// It has been answered, or its next attempt is due, and it waits for a place.
    Returning,
    /// Its next attempt is due later.
    Retrying,
}

#[derive(Clone, Debug)]
pub(super) struct Invocation<P> {
    pub(super) serial: u64,
    pub(super) step: StepId,
    pub(super) place: Place,
    /// The event that it runs on; for joins and collections the one that made it run.
    pub(super) event: EventKey,
    /// When the first attempt began.
    pub(super) began: Timestamp,
    pub(super) stage: Stage,
    /// What it runs on, where that is kept.
    pub(super) input: Option<StepInput<P>>,
    /// What else is needed to run it again; `None` for most.
    pub(super) record: Option<Box<Record<P>>>,
}

impl<P> Invocation<P> {
    pub(super) fn record(&mut self) -> &mut Record<P> {
        self.record.get_or_insert_default()
    }

    pub(super) fn open_wait(&self, key: &WaitKey) -> Option<&OpenWait> {
        self.record.as_ref()?.waits.get_open(key)
    }

    pub(super) fn waits(&mut self) -> Option<&mut Waits<P>> {
        let record = self.record.as_mut()?;
        Some(&mut record.waits)
    }

    /// Whether the attempt that is running waits for something.
    pub(super) fn is_waiting(&self) -> bool {
        self.record
            .as_ref()
            .is_some_and(|record| record.waits.has_attended())
    }

    /// The events that it waits for.
    pub(super) fn awaited(&self) -> Vec<EventKey> {
        let open = self.record.iter().flat_map(|record| record.waits.open());
        open.flat_map(|(_, wait)| wait.events()).collect()
    }
}

/// What is needed to run an invocation again.
#[derive(Clone, Debug)]
pub(super) struct Record<P> {
    pub(super) failures: u32,
    pub(super) interruptions: u32,
    pub(super) failure: Option<Failure>,
    pub(super) recorded: BTreeMap<String, Value>,
    pub(super) waits: Waits<P>,
    /// The waits that an earlier attempt began and the present one has not: what is sent before them was committed then.
    pub(super) repeated: BTreeSet<WaitKey>,
    /// When the next attempt is due.
    pub(super) due: Option<TimerKey>,
    /// Whether the attempt that comes next has not begun: what it is invoked with is the input, not an answer.
    pub(super) begins: bool,
}

impl<P> Default for Record<P> {
    fn default() -> Self {
        Self {
            failures: 0,
            interruptions: 0,
            failure: None,
            recorded: BTreeMap::new(),
            waits: Waits::default(),
            repeated: BTreeSet::new(),
            due: None,
            begins: false,
        }
    }
}

impl<P> Record<P> {
    /// Prepares another attempt.
    pub(super) fn begin_again(&mut self) {
        self.begins = true;
        self.repeated = self.waits.keys().cloned().collect();
    }

    pub(super) fn earlier(&self, began: Timestamp) -> Option<Box<Earlier>> {
        if self.failures == 0 && self.interruptions == 0 {
            return None;
        }
        Some(Box::new(Earlier {
            began,
            failures: self.failures,
            interruptions: self.interruptions,
            failure: self.failure.clone(),
            recorded: self.recorded.clone(),
        }))
    }
}
