//! The waits of one invocation.

use std::collections::BTreeMap;

use super::{place::Place, timers::TimerKey, waiting::KeptKey};
use crate::{
    routes::EventKey,
    small_map::SmallMap,
    tick::{Answer, WaitKey},
};

/// A wait that has no answer.
#[derive(Clone, Debug)]
pub(super) struct OpenWait {
    /// The events that it waits for, each with the number of the last kept one that it has declined.
    events: Box<[(EventKey, u64)]>,
    pub(super) choosy: bool,
    pub(super) timer: Option<TimerKey>,
    /// Its number among the waits of the run: the older one is asked first.
    pub(super) serial: u64,
    /// Whether the attempt that is running waits for it: not yet, after a restart.
    pub(super) attended: bool,
}

impl OpenWait {
    pub(super) fn new(
        events: impl IntoIterator<Item = EventKey>,
        choosy: bool,
        timer: Option<TimerKey>,
        serial: u64,
        attended: bool,
    ) -> Self {
        Self {
            events: events.into_iter().map(|event| (event, 0)).collect(),
            choosy,
            timer,
            serial,
            attended,
        }
    }

    pub(super) fn events(&self) -> impl Iterator<Item = EventKey> {
        self.events.iter().map(|(event, _)| *event)
    }

    /// The events, each with the number of the last kept one that it has declined.
    pub(super) fn seen(&self) -> impl Iterator<Item = (EventKey, u64)> {
        self.events.iter().copied()
    }

    /// It has declined a kept event.
    pub(super) fn has_seen(&mut self, (event, number): KeptKey) {
        for (of, seen) in &mut self.events {
            if *of == event {
                *seen = number.max(*seen);
            }
        }
    }
}

/// A wait that is over.
#[derive(Clone, Debug)]
pub(super) enum Over<P> {
    /// Announced and given up: by an attempt that failed, or by the step itself.
    Closed,
    /// The answer is kept for later attempts.
    Answered {
        answer: Answer<P>,
        /// The event that it is, where another wait or step may still have it.
        from: Option<(KeptKey, Place)>,
    },
}

/// What a step has given up.
pub(super) enum GivenUp<P> {
    Open(OpenWait),
    /// An event that it has not seen.
    Event(P, KeptKey, Place),
    /// What was over, and is of use to nobody else.
    Nothing,
}

/// The waits of an invocation, by their keys.
#[derive(Clone, Debug)]
pub(super) struct Waits<P> {
    open: SmallMap<WaitKey, OpenWait>,
    over: BTreeMap<WaitKey, Over<P>>,
    /// The answers that the attempt that is running has not been told.
    undelivered: Vec<WaitKey>,
}

impl<P> Default for Waits<P> {
    fn default() -> Self {
        Self {
            open: SmallMap::new(),
            over: BTreeMap::new(),
            undelivered: Vec::new(),
        }
    }
}

impl<P> Waits<P> {
    /// Whether the attempt that is running waits for something.
    pub(super) fn has_attended(&self) -> bool {
        self.open.values().any(|wait| wait.attended)
    }

    pub(super) fn knows(&self, key: &WaitKey) -> bool {
        self.open.get(key).is_some() || self.over.contains_key(key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &WaitKey> {
        let open = self.open.iter().map(|(key, _)| key);
        open.chain(self.over.keys())
    }

    pub(super) fn open(&self) -> impl Iterator<Item = (&WaitKey, &OpenWait)> {
        self.open.iter()
    }

    pub(super) fn over(&self) -> impl Iterator<Item = (&WaitKey, &Over<P>)> {
        self.over.iter()
    }

    pub(super) fn get_open(&self, key: &WaitKey) -> Option<&OpenWait> {
        self.open.get(key)
    }

    pub(super) fn get_open_mut(&mut self, key: &WaitKey) -> Option<&mut OpenWait> {
        self.open.get_mut(key)
    }

    pub(super) fn insert_open(&mut self, key: WaitKey, wait: OpenWait) {
        self.over.remove(&key);
        self.open.insert(key, wait);
    }

    pub(super) fn insert_over(&mut self, key: WaitKey, over: Over<P>) {
        self.over.insert(key, over);
    }

    /// Ends an open wait with an answer that is still to be delivered.
    pub(super) fn answer(
        &mut self,
        key: &WaitKey,
        answer: Answer<P>,
        from: Option<(KeptKey, Place)>,
    ) -> Option<OpenWait> {
        let (key, open) = self.open.remove(key)?;
        self.undelivered.push(key.clone());
        self.over.insert(key, Over::Answered { answer, from });
        Some(open)
    }

    /// The step has given up a wait, whose answer it has not seen.
    pub(super) fn give_up(&mut self, key: &WaitKey) -> Option<GivenUp<P>> {
        if let Some((key, open)) = self.open.remove(key) {
            self.over.insert(key, Over::Closed);
            return Some(GivenUp::Open(open));
        }
        let over = self.over.get_mut(key)?;
        let Over::Answered {
            answer: Answer::Event(_),
            from: Some(_),
        } = over
        else {
            return Some(GivenUp::Nothing);
        };
        self.undelivered.retain(|undelivered| undelivered != key);
        match std::mem::replace(over, Over::Closed) {
            Over::Answered {
                answer: Answer::Event(event),
                from: Some((key, place)),
            } => Some(GivenUp::Event(event, key, place)),
            Over::Answered { .. } | Over::Closed => Some(GivenUp::Nothing),
        }
    }

    /// The attempt is over: what it waited for is given up, and is returned; the events that have come stay for the next
    /// one, which waits anew for what did not come in time.
    pub(super) fn begin_again(&mut self) -> Vec<OpenWait> {
        self.undelivered.clear();
        for over in self.over.values_mut() {
            if matches!(
                over,
                Over::Answered {
                    answer: Answer::TimedOut,
                    ..
                }
            ) {
                *over = Over::Closed;
            }
        }
        let open = std::mem::take(&mut self.open).into_entries();
        let given_up = open.into_iter().map(|(key, wait)| {
            self.over.insert(key, Over::Closed);
            wait
        });
        given_up.collect()
    }
}

impl<P: Clone> Waits<P> {
    /// The answer of a wait, which the attempt is told with this.
    pub(super) fn tell(&mut self, key: &WaitKey) -> Option<Answer<P>> {
        let answer = answer_in(&self.over, key)?;
        self.undelivered.retain(|undelivered| undelivered != key);
        Some(answer)
    }

    /// The answers that the attempt has not been told, which it is told with this.
    pub(super) fn deliver(&mut self) -> impl Iterator<Item = (WaitKey, Answer<P>)> + use<'_, P> {
        let over = &self.over;
        let undelivered = self.undelivered.drain(..);
        undelivered.filter_map(|key| {
            let answer = answer_in(over, &key)?;
            Some((key, answer))
        })
    }
}

fn answer_in<P: Clone>(over: &BTreeMap<WaitKey, Over<P>>, key: &WaitKey) -> Option<Answer<P>> {
    match over.get(key)? {
        Over::Answered { answer, .. } => Some(answer.clone()),
        Over::Closed => None,
    }
}
