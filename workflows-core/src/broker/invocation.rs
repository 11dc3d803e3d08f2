//! Invocations: runnings of steps, from the first attempt to the commit.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{place::Place, timers::TimerKey};
use crate::{
    routes::{EventKey, StepId},
    tick::{Answer, Earlier, Failure, StepInput, Timestamp, WaitKey},
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

    pub(super) fn wait(&mut self, key: &WaitKey) -> Option<&mut WaitState<P>> {
        self.record.as_mut()?.waits.get_mut(key)
    }

    fn open_waits(&self) -> impl Iterator<Item = &OpenWait> {
        let waits = self.record.iter().flat_map(|record| record.waits.values());
        waits.filter_map(|wait| match wait {
            WaitState::Open(open) => Some(open),
            WaitState::Closed | WaitState::Over { .. } => None,
        })
    }

    pub(super) fn has_open_wait(&self) -> bool {
        self.open_waits().next().is_some()
    }

    /// The events that it waits for.
    pub(super) fn awaited(&self) -> Vec<EventKey> {
        self.open_waits()
            .flat_map(|wait| wait.events.iter().copied())
            .collect()
    }
}

/// What is needed to run an invocation again.
#[derive(Clone, Debug)]
pub(super) struct Record<P> {
    pub(super) failures: u32,
    pub(super) interruptions: u32,
    pub(super) failure: Option<Failure>,
    pub(super) recorded: BTreeMap<String, Value>,
    pub(super) waits: BTreeMap<WaitKey, WaitState<P>>,
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
            waits: BTreeMap::new(),
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

#[derive(Clone, Debug)]
pub(super) enum WaitState<P> {
    Open(OpenWait),
    /// Announced and given up: by an attempt that failed, or by the step itself.
    Closed,
    /// Over. The answer is kept for later attempts.
    Over {
        answer: Answer<P>,
        /// Whether the attempt that is running has got it.
        delivered: bool,
    },
}

#[derive(Clone, Debug)]
pub(super) struct OpenWait {
    /// The events that it waits for.
    pub(super) events: Vec<EventKey>,
    pub(super) choosy: bool,
    pub(super) timer: Option<TimerKey>,
    /// Its number among the waits of the run: the older one is asked first.
    pub(super) serial: u64,
    /// Whether the attempt that is running waits for it: not yet, after a restart.
    pub(super) attended: bool,
}
