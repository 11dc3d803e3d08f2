//! Invocations: runnings of steps, from the first attempt to the commit.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{place::Place, timers::TimerKey, waiting::KeptKey};
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

    pub(super) fn wait(&self, key: &WaitKey) -> Option<&WaitState<P>> {
        self.record.as_ref()?.waits.get(key)
    }

    pub(super) fn wait_mut(&mut self, key: &WaitKey) -> Option<&mut WaitState<P>> {
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
        self.record
            .as_ref()
            .is_some_and(|record| record.open_waits > 0)
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
    /// How many of them are open.
    pub(super) open_waits: usize,
    /// Those that are over, and the attempt that is running has not been told.
    pub(super) undelivered: BTreeSet<WaitKey>,
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
            open_waits: 0,
            undelivered: BTreeSet::new(),
            due: None,
            begins: false,
        }
    }
}

impl<P> Record<P> {
    pub(super) fn open(&mut self, key: WaitKey, wait: OpenWait) {
        self.waits.insert(key, WaitState::Open(wait));
        self.open_waits += 1;
    }

    /// Ends an open wait.
    pub(super) fn answer(
        &mut self,
        key: &WaitKey,
        answer: Answer<P>,
        from: Option<(KeptKey, Place)>,
    ) -> Option<OpenWait> {
        let wait = self.waits.get_mut(key)?;
        if !matches!(wait, WaitState::Open(_)) {
            return None;
        }
        let over = WaitState::Over { answer, from };
        let WaitState::Open(open) = std::mem::replace(wait, over) else {
            return None;
        };
        self.open_waits -= 1;
        self.undelivered.insert(key.clone());
        Some(open)
    }

    /// Closes a wait that its step has given up; gives what it was. An answer that cannot be used elsewhere stays.
    pub(super) fn close(&mut self, key: &WaitKey) -> Option<WaitState<P>> {
        let wait = self.waits.get_mut(key)?;
        match wait {
            WaitState::Open(_) => self.open_waits -= 1,
            WaitState::Over { from: Some(_), .. } => {
                self.undelivered.remove(key);
            }
            WaitState::Over { .. } | WaitState::Closed => return Some(WaitState::Closed),
        }
        Some(std::mem::replace(wait, WaitState::Closed))
    }

    /// Closes all waits of an attempt that has failed, but for the events that have come: the next one gets them too.
    pub(super) fn close_all(&mut self) -> Vec<OpenWait> {
        let mut closed = Vec::new();
        for wait in self.waits.values_mut() {
            if !matches!(
                wait,
                WaitState::Over {
                    answer: Answer::Event(_),
                    ..
                }
            ) && let WaitState::Open(open) = std::mem::replace(wait, WaitState::Closed)
            {
                closed.push(open);
            }
        }
        self.open_waits = 0;
        self.undelivered.clear();
        closed
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
        /// The event that it is, where another wait or step may still have it.
        from: Option<(KeptKey, Place)>,
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
    /// For each of the events, the number of the last kept one that it has declined.
    pub(super) seen: Vec<u64>,
}

impl OpenWait {
    pub(super) fn new(
        events: Vec<EventKey>,
        choosy: bool,
        timer: Option<TimerKey>,
        serial: u64,
        attended: bool,
    ) -> Self {
        Self {
            seen: vec![0; events.len()],
            events,
            choosy,
            timer,
            serial,
            attended,
        }
    }

    /// It has declined a kept event.
    pub(super) fn has_seen(&mut self, (event, number): KeptKey) {
        for (of, seen) in self.events.iter().zip(&mut self.seen) {
            if *of == event {
                *seen = number.max(*seen);
            }
        }
    }
}
