//! The waits of one invocation.

use std::collections::BTreeMap;

use super::timers::TimerKey;
use crate::{
    routes::EventKey,
    tick::{Answer, WaitKey},
};

/// A wait that has no answer.
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

/// The waits of an invocation, by their keys: open, or over.
#[derive(Clone, Debug)]
pub(super) struct Waits<P> {
    open: BTreeMap<WaitKey, OpenWait>,
    /// The answers of those that are over, which are kept for later attempts; none where a wait was announced and then
    /// given up, by an attempt that failed or by the step itself.
    over: BTreeMap<WaitKey, Option<Answer<P>>>,
    /// The answers that the attempt that is running has not got.
    undelivered: Vec<WaitKey>,
}

impl<P> Default for Waits<P> {
    fn default() -> Self {
        Self {
            open: BTreeMap::new(),
            over: BTreeMap::new(),
            undelivered: Vec::new(),
        }
    }
}

impl<P> Waits<P> {
    pub(super) fn has_open(&self) -> bool {
        !self.open.is_empty()
    }

    pub(super) fn knows(&self, key: &WaitKey) -> bool {
        self.open.contains_key(key) || self.over.contains_key(key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &WaitKey> {
        self.open.keys().chain(self.over.keys())
    }

    pub(super) fn open(&self) -> impl Iterator<Item = (&WaitKey, &OpenWait)> {
        self.open.iter()
    }

    pub(super) fn over(&self) -> impl Iterator<Item = (&WaitKey, Option<&Answer<P>>)> {
        let over = self.over.iter();
        over.map(|(key, answer)| (key, answer.as_ref()))
    }

    pub(super) fn get_open(&mut self, key: &WaitKey) -> Option<&mut OpenWait> {
        self.open.get_mut(key)
    }

    pub(super) fn insert_open(&mut self, key: WaitKey, wait: OpenWait) {
        self.over.remove(&key);
        self.open.insert(key, wait);
    }

    pub(super) fn insert_over(&mut self, key: WaitKey, answer: Option<Answer<P>>) {
        self.over.insert(key, answer);
    }

    /// Ends an open wait with an answer that is still to be delivered.
    pub(super) fn answer(&mut self, key: &WaitKey, answer: Answer<P>) -> Option<OpenWait> {
        let (key, open) = self.open.remove_entry(key)?;
        self.undelivered.push(key.clone());
        self.over.insert(key, Some(answer));
        Some(open)
    }

    /// Gives up a wait.
    pub(super) fn give_up(&mut self, key: &WaitKey) -> Option<OpenWait> {
        let (key, open) = self.open.remove_entry(key)?;
        self.over.insert(key, None);
        Some(open)
    }

    /// The attempt is over: what it waited for is given up, and is returned; what it was answered stays for the next
    /// one, which waits anew for what did not come in time.
    pub(super) fn begin_again(&mut self) -> Vec<OpenWait> {
        self.undelivered.clear();
        for answer in self.over.values_mut() {
            if matches!(answer, Some(Answer::TimedOut)) {
                *answer = None;
            }
        }
        let open = std::mem::take(&mut self.open);
        let given_up = open.into_iter().map(|(key, wait)| {
            self.over.insert(key, None);
            wait
        });
        given_up.collect()
    }
}

impl<P: Clone> Waits<P> {
    /// The answer of a wait, which the attempt gets with this.
    pub(super) fn collect(&mut self, key: &WaitKey) -> Option<Answer<P>> {
        let answer = self.over.get(key)?.clone()?;
        self.undelivered.retain(|undelivered| undelivered != key);
        Some(answer)
    }

    /// The answers that the attempt has not got, which it gets with this.
    pub(super) fn deliver(&mut self) -> impl Iterator<Item = (WaitKey, Answer<P>)> + use<'_, P> {
        let over = &self.over;
        let undelivered = self.undelivered.drain(..);
        undelivered.filter_map(|key| {
            let answer = over.get(&key)?.clone()?;
            Some((key, answer))
        })
    }
}
