//! Waiting: steps that want an event in the middle of their work, and events that are kept for them.
//!
//! An event that some step may wait for is *kept* first. The oldest open wait for it is asked; one that is choosy looks
//! at the event (an *offer*) and may decline. An event that no open wait takes goes on to the steps that run on it, or
//! stays, where there are none.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Broker,
    invocation::{Invocation, Stage},
    place::Place,
    timers::Timer,
    waits::OpenWait,
};
use crate::{
    command::Command,
    event::EventKind,
    routes::EventKey,
    tick::{Answer, InvocationId, OfferId, Wait, WaitKey},
};

/// A wait, named within the run.
pub(super) type WaitRef = (InvocationId, WaitKey);

/// An event that is kept for those who wait for it.
#[derive(Clone, Debug)]
pub(super) struct Kept<P> {
    pub(super) payload: P,
    pub(super) place: Place,
    declined: BTreeSet<WaitRef>,
    offered: Option<(OfferId, WaitRef)>,
}

/// Names a kept event: its type, and its number among the kept events of the run.
pub(super) type KeptKey = (EventKey, u64);

/// What is waited for, and what is kept.
#[derive(Clone, Debug)]
pub(super) struct Waiting<P> {
    /// For each event type, the open waits for it, by their serials.
    open: BTreeMap<EventKey, BTreeMap<u64, WaitRef>>,
    pub(super) kept: BTreeMap<KeptKey, Kept<P>>,
    offers: BTreeMap<OfferId, KeptKey>,
    serial: u64,
}

impl<P> Waiting<P> {
    pub(super) const fn new() -> Self {
        Self {
            open: BTreeMap::new(),
            kept: BTreeMap::new(),
            offers: BTreeMap::new(),
            serial: 0,
        }
    }

    /// How many waits, kept events and offers there have been.
    pub(super) const fn serial(&self) -> u64 {
        self.serial
    }

    /// Numbers the next ones from here on.
    pub(super) fn count_from(&mut self, serial: u64) {
        let last = self.kept.keys().map(|(_, number)| *number).max();
        self.serial = self.serial.max(serial).max(last.unwrap_or(0));
    }

    /// The next number of a wait, a kept event or an offer.
    fn next(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    pub(super) fn open(&mut self, wait: &OpenWait, of: &WaitRef) {
        for event in &wait.events {
            let open = self.open.entry(*event).or_default();
            open.insert(wait.serial, of.clone());
        }
        self.serial = self.serial.max(wait.serial);
    }

    fn close(&mut self, wait: &OpenWait) {
        for event in &wait.events {
            if let Some(open) = self.open.get_mut(event) {
                open.remove(&wait.serial);
            }
        }
    }

    pub(super) fn keep(&mut self, event: EventKey, payload: P, place: Place) -> KeptKey {
        let key = (event, self.next());
        self.keep_as(key, payload, place);
        key
    }

    pub(super) fn keep_as(&mut self, key: KeptKey, payload: P, place: Place) {
        let kept = Kept {
            payload,
            place,
            declined: BTreeSet::new(),
            offered: None,
        };
        self.kept.insert(key, kept);
    }

    /// The event that came after this number, where it is kept and nobody is looking at it.
    pub(super) fn kept_since(&self, event: EventKey, serial: u64) -> Option<&P> {
        let kept = self.kept.range((event, serial + 1)..=(event, u64::MAX));
        let mut idle = kept.filter(|(_, kept)| kept.offered.is_none());
        idle.next().map(|(_, kept)| &kept.payload)
    }

    /// Whether some step is looking at an event.
    pub(super) fn has_offers(&self) -> bool {
        !self.offers.is_empty()
    }

    /// The events that have a wait open for them.
    pub(super) fn wanted(&self) -> impl Iterator<Item = EventKey> {
        let open = self.open.iter().filter(|(_, waits)| !waits.is_empty());
        open.map(|(event, _)| *event)
    }
}

impl<P: Clone> Broker<P> {
    /// An invocation begins to wait.
    pub(super) fn begin_wait(
        &mut self,
        id: InvocationId,
        mut wait: Wait<P>,
        commands: &mut Vec<Command<P>>,
    ) {
        let Some(invocation) = self.get_mut(id) else {
            return;
        };
        let (step, place, event) = (invocation.step, invocation.place, invocation.event);
        let key = wait.key.clone();
        let sent = std::mem::take(&mut wait.sent);
        let record = invocation.record.as_mut();
        if !record.is_some_and(|record| record.repeated.remove(&key)) {
            self.emit(step, place, event, sent, commands);
        }
        if self.is_ended() {
            return;
        }
        if self.open_wait(id, wait, commands) {
            self.seek(id, &key, commands);
            self.suspend(id, commands);
        }
    }

    /// Opens a wait, unless it is over already; says whether it did.
    fn open_wait(
        &mut self,
        id: InvocationId,
        wait: Wait<P>,
        commands: &mut Vec<Command<P>>,
    ) -> bool {
        let Wait {
            key,
            events,
            choosy,
            announcement,
            timeout,
            ..
        } = wait;
        let serial = self.waiting.next();
        let due = timeout.map(|timeout| self.now.plus(timeout));
        let waits = &mut self.invocations[id.slot()].record().waits;
        if let Some(answer) = waits.collect(&key) {
            commands.push(Command::Answer {
                invocation: id,
                key,
                answer,
            });
            return false;
        }
        if let Some(open) = waits.get_open(&key) {
            open.attended = true;
            open.choosy = choosy;
            return true;
        }
        if !waits.knows(&key) {
            commands.extend(announcement.map(Command::Publish));
        }
        let events = events.iter().filter_map(|event| self.routes.key(event.id));
        let timer = due.map(|due| self.timers.add(due, Timer::Wait(id, key.clone())));
        let open = OpenWait {
            events: events.collect(),
            choosy,
            timer,
            serial,
            attended: true,
        };
        self.waiting.open(&open, &(id, key.clone()));
        waits.insert_open(key, open);
        true
    }

    /// Takes the place of an invocation that does nothing but wait.
    fn suspend(&mut self, id: InvocationId, commands: &mut Vec<Command<P>>) {
        let Some(invocation) = self.get_mut(id) else {
            return;
        };
        if invocation.stage == Stage::Running && invocation.has_open_wait() {
            invocation.stage = Stage::Waiting;
            let step = invocation.step;
            self.steps[step.index()].running -= 1;
            self.suspended += 1;
            self.fill(step, commands);
        }
    }

    /// Looks for an event that is kept and that the wait takes.
    fn seek(&mut self, id: InvocationId, key: &WaitKey, commands: &mut Vec<Command<P>>) {
        let Some(open) = self.open_of(id, key) else {
            return;
        };
        let events = open.events.clone();
        let of = (id, key.clone());
        for event in events {
            let kept = self.waiting.kept.range((event, 0)..=(event, u64::MAX));
            let fresh =
                kept.filter(|(_, kept)| kept.offered.is_none() && !kept.declined.contains(&of));
            let fresh: Vec<_> = fresh.map(|(key, _)| *key).collect();
            for kept in fresh {
                self.place_kept(kept, commands);
                let is_offered = self.waiting.offers.values().any(|offer| *offer == kept);
                if self.is_ended() || is_offered || !self.is_open(&of) {
                    return;
                }
            }
        }
    }

    fn is_open(&mut self, (id, key): &WaitRef) -> bool {
        self.open_of(*id, key).is_some()
    }

    fn open_of(&mut self, id: InvocationId, key: &WaitKey) -> Option<&mut OpenWait> {
        self.get_mut(id)?.waits()?.get_open(key)
    }

    /// Keeps an event that some step may wait for, and gives it to the first that takes it.
    pub(super) fn arrive_awaited(
        &mut self,
        event: EventKey,
        payload: P,
        place: Place,
        commands: &mut Vec<Command<P>>,
    ) {
        self.hold_kept(event, place);
        let key = self.waiting.keep(event, payload, place);
        self.place_kept(key, commands);
        self.check_in_flight(commands);
    }

    /// Counts a kept event into its fan-out, where some step may run on it in the end.
    pub(super) fn hold_kept(&mut self, event: EventKey, place: Place) {
        if !self.routes.takers(event).is_empty() {
            self.hold(place.scope);
        }
    }

    fn release_kept(&mut self, event: EventKey, place: Place, commands: &mut Vec<Command<P>>) {
        if !self.is_ended() && !self.routes.takers(event).is_empty() {
            self.release(place.scope, commands);
        }
    }

    /// Ends a wait with a kept event.
    fn answer_with(&mut self, event: KeptKey, of: &WaitRef, commands: &mut Vec<Command<P>>) {
        if let Some(kept) = self.waiting.kept.remove(&event) {
            self.answer(of.0, &of.1, Answer::Event(kept.payload), commands);
            self.release_kept(event.0, kept.place, commands);
        }
    }

    /// Gives a kept event to the oldest wait that has not declined it, or to the steps that run on it.
    fn place_kept(&mut self, key: KeptKey, commands: &mut Vec<Command<P>>) {
        let Some(kept) = self.waiting.kept.get(&key) else {
            return;
        };
        let open = self.waiting.open.get(&key.0);
        let mut candidates = open.into_iter().flat_map(BTreeMap::values);
        let candidate = candidates.find(|of| !kept.declined.contains(*of)).cloned();
        match candidate {
            Some(of) => self.present(key, of, commands),
            None if !self.routes.takers(key.0).is_empty() => {
                if let Some(kept) = self.waiting.kept.remove(&key) {
                    self.deal(key.0, kept.payload, kept.place, commands);
                    self.release_kept(key.0, kept.place, commands);
                }
            }
            None => {}
        }
    }

    /// Shows a kept event to a wait.
    fn present(&mut self, event: KeptKey, of: WaitRef, commands: &mut Vec<Command<P>>) {
        let (id, key) = of.clone();
        let Some(open) = self.open_of(id, &key) else {
            return;
        };
        match (open.choosy, open.attended) {
            (false, _) => self.answer_with(event, &of, commands),
            (true, true) => self.offer(event, of, commands),
            // It stays until the step, which begins anew, waits for it again.
            (true, false) => {}
        }
    }

    fn offer(&mut self, event: KeptKey, of: WaitRef, commands: &mut Vec<Command<P>>) {
        let offer = OfferId(self.waiting.next());
        let Some(kept) = self.waiting.kept.get_mut(&event) else {
            return;
        };
        kept.offered = Some((offer, of.clone()));
        commands.push(Command::Offer {
            offer,
            invocation: of.0,
            key: of.1,
            event: kept.payload.clone(),
        });
        self.waiting.offers.insert(offer, event);
    }

    /// A step has looked at an event.
    pub(super) fn judge(&mut self, offer: OfferId, takes: bool, commands: &mut Vec<Command<P>>) {
        let Some(event) = self.waiting.offers.remove(&offer) else {
            return;
        };
        let Some(kept) = self.waiting.kept.get_mut(&event) else {
            return;
        };
        let Some((_, of)) = kept.offered.take() else {
            return;
        };
        kept.declined.insert(of.clone());
        if takes && self.is_open(&of) {
            return self.answer_with(event, &of, commands);
        }
        self.place_kept(event, commands);
        self.seek(of.0, &of.1, commands);
    }

    /// Ends a wait.
    pub(super) fn answer(
        &mut self,
        id: InvocationId,
        key: &WaitKey,
        answer: Answer<P>,
        commands: &mut Vec<Command<P>>,
    ) {
        let waits = self.get_mut(id).and_then(Invocation::waits);
        let Some(open) = waits.and_then(|waits| waits.answer(key, answer)) else {
            return;
        };
        self.waiting.close(&open);
        if let Some(timer) = open.timer {
            self.timers.remove(timer);
        }
        let invocation = &self.invocations[id.slot()];
        match invocation.stage {
            Stage::Running if open.attended => self.deliver(id, commands),
            Stage::Waiting if invocation.has_open_wait() => self.deliver(id, commands),
            Stage::Waiting => {
                self.suspended -= 1;
                self.return_to_work(id, commands);
            }
            // It gets the answer when it has its place, or when it waits again.
            Stage::Running | Stage::Returning | Stage::Retrying => {}
        }
    }

    /// Hands over the answers that have come.
    pub(super) fn deliver(&mut self, id: InvocationId, commands: &mut Vec<Command<P>>) {
        let answers = self.invocations[id.slot()].record().waits.deliver();
        commands.extend(answers.map(|(key, answer)| Command::Answer {
            invocation: id,
            key,
            answer,
        }));
    }

    /// An invocation has given up a wait by itself, and goes on.
    pub(super) fn drop_wait(
        &mut self,
        id: InvocationId,
        key: &WaitKey,
        commands: &mut Vec<Command<P>>,
    ) {
        let waits = self.get_mut(id).and_then(Invocation::waits);
        let Some(waits) = waits.filter(|waits| waits.knows(key)) else {
            return;
        };
        if let Some(open) = waits.give_up(key) {
            self.close_wait(&open);
        }
        let invocation = &mut self.invocations[id.slot()];
        let begins = invocation.record().begins;
        match invocation.stage {
            Stage::Waiting if !invocation.has_open_wait() => self.suspended -= 1,
            Stage::Returning if !begins => {
                let step = invocation.step;
                self.steps[step.index()]
                    .returning
                    .retain(|waits| *waits != id);
            }
            Stage::Running | Stage::Waiting | Stage::Returning | Stage::Retrying => return,
        }
        // It does not ask for its place: it is at work already.
        self.occupy(id);
        self.deliver(id, commands);
    }

    /// Forgets an open wait.
    pub(super) fn close_wait(&mut self, wait: &OpenWait) {
        self.waiting.close(wait);
        if let Some(timer) = wait.timer {
            self.timers.remove(timer);
        }
    }

    /// Whether somebody waits for an answer from outside.
    pub(super) fn awaits_outside(&self) -> bool {
        self.waiting
            .wanted()
            .any(|event| matches!(self.routes.event(event).kind(), EventKind::HumanResponse))
    }
}
