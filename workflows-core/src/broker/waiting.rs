//! Waiting: steps that want an event in the middle of their work, and events that are kept for them.
//!
//! An event that some step may wait for is *kept* first. The oldest open wait for it is asked; one that is choosy looks
//! at the event (an *offer*) and may decline. An event that no open wait takes goes on to the steps that run on it, or
//! stays, where there are none.
//!
//! Nothing is asked twice: an event goes from one wait to the next younger one, and a wait that begins looks at what is
//! kept from the oldest event on.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Broker,
    invocation::{Invocation, Stage},
    place::{Place, Scope},
    timers::Timer,
    waits::{GivenUp, OpenWait},
};
use crate::{
    command::Command,
    event::EventKind,
    routes::EventKey,
    small_map::SmallMap,
    tick::{Answer, InvocationId, OfferId, Wait, WaitKey},
};

/// A wait, named within the run.
pub(super) type WaitRef = (InvocationId, WaitKey);

/// An event that is kept for those who wait for it.
#[derive(Clone, Debug)]
pub(super) struct Kept<P> {
    pub(super) payload: P,
    pub(super) place: Place,
    /// Who is looking at it, and the serial of that wait.
    offered: Option<(WaitRef, u64)>,
    /// Whether it stays for a choosy wait of a step that has begun anew and not come to it again.
    is_reserved: bool,
}

/// Names a kept event: its type, and its number among the kept events of the run.
pub(super) type KeptKey = (EventKey, u64);

/// What is waited for, and what is kept.
#[derive(Clone, Debug)]
pub(super) struct Waiting<P> {
    /// For each event type, the open waits for it, by their serials.
    open: SmallMap<EventKey, SmallMap<u64, WaitRef>>,
    pub(super) kept: BTreeMap<KeptKey, Kept<P>>,
    offers: BTreeMap<OfferId, KeptKey>,
    /// The events that stay for a wait, and the serial of that wait.
    reserved: BTreeMap<WaitRef, (u64, BTreeSet<KeptKey>)>,
    serial: u64,
}

impl<P> Default for Waiting<P> {
    fn default() -> Self {
        Self {
            open: SmallMap::new(),
            kept: BTreeMap::new(),
            offers: BTreeMap::new(),
            reserved: BTreeMap::new(),
            serial: 0,
        }
    }
}

impl<P> Waiting<P> {
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
        for event in wait.events() {
            let open = self.open.entry(&event);
            open.insert(wait.serial, of.clone());
        }
        self.serial = self.serial.max(wait.serial);
    }

    fn close(&mut self, wait: &OpenWait) {
        for event in wait.events() {
            if let Some(open) = self.open.get_mut(&event) {
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
            offered: None,
            is_reserved: false,
        };
        self.kept.insert(key, kept);
    }

    /// The event that came after this number, where it is kept and nobody is looking at it.
    pub(super) fn kept_since(&self, event: EventKey, serial: u64) -> Option<&P> {
        let kept = self.kept.range((event, serial + 1)..=(event, u64::MAX));
        let mut idle = kept.filter(|(_, kept)| kept.offered.is_none());
        idle.next().map(|(_, kept)| &kept.payload)
    }

    /// The oldest event of a type that a wait has not looked at and nobody else is looking at.
    fn unseen(&self, event: EventKey, seen: u64) -> Option<KeptKey> {
        let mut kept = self.kept.range((event, seen + 1)..=(event, u64::MAX));
        let idle = kept.find(|(_, kept)| kept.offered.is_none() && !kept.is_reserved);
        idle.map(|(key, _)| *key)
    }

    /// The oldest wait for an event that is younger than the one with this serial.
    fn next_open(&self, event: EventKey, serial: u64) -> Option<WaitRef> {
        self.open.get(&event)?.after(&serial).cloned()
    }

    fn reserve(&mut self, key: KeptKey, of: WaitRef, serial: u64) {
        if let Some(kept) = self.kept.get_mut(&key) {
            kept.is_reserved = true;
            let reserved = self.reserved.entry(of);
            let (_, events) = reserved.or_insert_with(|| (serial, BTreeSet::new()));
            events.insert(key);
        }
    }

    /// Whether some event is kept for a wait that its step has not come to again.
    #[inline]
    pub(super) fn has_reserved(&self) -> bool {
        !self.reserved.is_empty()
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
        let serial = self.waiting.make().next();
        let due = timeout.map(|timeout| self.now.plus(timeout));
        let waits = &mut self.invocations[id.slot()].record().waits;
        if let Some(answer) = waits.tell(&key) {
            commands.push(Command::Answer {
                invocation: id,
                key,
                answer,
            });
            return false;
        }
        if let Some(open) = waits.get_open_mut(&key) {
            open.attended = true;
            open.choosy = choosy;
            return true;
        }
        if !waits.knows(&key) {
            commands.extend(announcement.map(Command::Publish));
        }
        let events = events.iter().filter_map(|event| self.routes.key(event.id));
        let timer = due.map(|due| self.timers.add(due, Timer::Wait(id, key.clone())));
        let open = OpenWait::new(events, choosy, timer, serial, true);
        self.waiting.make().open(&open, &(id, key.clone()));
        waits.insert_open(key, open);
        true
    }

    /// Takes the place of an invocation that does nothing but wait.
    fn suspend(&mut self, id: InvocationId, commands: &mut Vec<Command<P>>) {
        let Some(invocation) = self.get_mut(id) else {
            return;
        };
        let begins = invocation.record().begins;
        let (step, stage) = (invocation.step, invocation.stage);
        match stage {
            Stage::Running if invocation.is_waiting() => {}
            // It goes on waiting, and so needs no place for the answer that has come.
            Stage::Returning if invocation.is_waiting() && !begins => {}
            Stage::Running | Stage::Waiting | Stage::Returning | Stage::Retrying => return,
        }
        invocation.stage = Stage::Waiting;
        self.leave(id, step, stage);
        self.suspended += 1;
        if stage == Stage::Returning {
            self.deliver(id, commands);
        }
        self.fill(step, commands);
    }

    /// Looks for an event that is kept and that the wait takes.
    fn seek(&mut self, id: InvocationId, key: &WaitKey, commands: &mut Vec<Command<P>>) {
        let Some(open) = self.open_of(id, key) else {
            return;
        };
        let unseen = open
            .seen()
            .find_map(|(event, seen)| self.waiting.get()?.unseen(event, seen));
        if let Some(event) = unseen {
            self.present(event, (id, key.clone()), commands);
        }
    }

    fn is_open(&self, (id, key): &WaitRef) -> bool {
        self.open_of(*id, key).is_some()
    }

    fn open_of(&self, id: InvocationId, key: &WaitKey) -> Option<&OpenWait> {
        self.get(id)?.open_wait(key)
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
        let key = self.waiting.make().keep(event, payload, place);
        self.place_kept(key, 0, commands);
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
        if let Some(kept) = self.waiting.make().kept.remove(&event) {
            // Its fan-out may be closed by the time that it comes back.
            let returns = kept.place.scope == Scope::ROOT || self.routes.takers(event.0).is_empty();
            let from = returns.then_some((event, kept.place));
            self.answer(of.0, &of.1, Answer::Event(kept.payload), from, commands);
            self.release_kept(event.0, kept.place, commands);
        }
    }

    /// Gives a kept event to the oldest wait that is younger than the one with this serial, or to the steps that run on
    /// it.
    pub(super) fn place_kept(&mut self, key: KeptKey, serial: u64, commands: &mut Vec<Command<P>>) {
        if let Some(of) = self.waiting.make().next_open(key.0, serial) {
            self.present(key, of, commands);
        } else if !self.routes.takers(key.0).is_empty()
            && let Some(kept) = self.waiting.make().kept.remove(&key)
        {
            self.deal(key.0, kept.payload, kept.place, commands);
            self.release_kept(key.0, kept.place, commands);
        }
    }

    /// Shows a kept event to a wait.
    fn present(&mut self, event: KeptKey, of: WaitRef, commands: &mut Vec<Command<P>>) {
        let Some(open) = self.open_of(of.0, &of.1) else {
            return;
        };
        let serial = open.serial;
        match (open.choosy, open.attended) {
            (false, _) => self.answer_with(event, &of, commands),
            (true, true) => self.offer(event, (of, serial), commands),
            // It stays until the step, which begins anew, waits for it again.
            (true, false) => self.waiting.make().reserve(event, of, serial),
        }
    }

    /// Places the events that were kept for a wait which is over by now, or which its step has come to again.
    pub(super) fn place_reserved(&mut self, commands: &mut Vec<Command<P>>) {
        let reserved = std::mem::take(&mut self.waiting.make().reserved);
        let is_ahead = |of: &WaitRef| self.open_of(of.0, &of.1).is_some_and(|open| !open.attended);
        let (ahead, free): (BTreeMap<_, _>, BTreeMap<_, _>) =
            reserved.into_iter().partition(|(of, _)| is_ahead(of));
        // What is free may be kept next for one of those.
        self.waiting.make().reserved = ahead;
        for (serial, events) in free.into_values() {
            for event in events {
                let Some(kept) = self.waiting.make().kept.get_mut(&event) else {
                    continue;
                };
                kept.is_reserved = false;
                if !self.is_ended() {
                    self.place_kept(event, serial - 1, commands);
                }
            }
        }
    }

    fn offer(&mut self, event: KeptKey, to: (WaitRef, u64), commands: &mut Vec<Command<P>>) {
        let offer = OfferId(self.waiting.make().next());
        let Some(kept) = self.waiting.make().kept.get_mut(&event) else {
            return;
        };
        let (invocation, key) = to.0.clone();
        kept.offered = Some(to);
        commands.push(Command::Offer {
            offer,
            invocation,
            key,
            event: kept.payload.clone(),
        });
        self.waiting.make().offers.insert(offer, event);
    }

    /// A step has looked at an event.
    pub(super) fn judge(&mut self, offer: OfferId, takes: bool, commands: &mut Vec<Command<P>>) {
        let Some(event) = self.waiting.make().offers.remove(&offer) else {
            return;
        };
        let kept = self.waiting.make().kept.get_mut(&event);
        let Some((of, serial)) = kept.and_then(|kept| kept.offered.take()) else {
            return;
        };
        if takes && self.is_open(&of) {
            return self.answer_with(event, &of, commands);
        }
        let (id, key) = of;
        let waits = self.get_mut(id).and_then(Invocation::waits);
        if let Some(open) = waits.and_then(|waits| waits.get_open_mut(&key)) {
            open.has_seen(event);
        }
        self.place_kept(event, serial, commands);
        self.seek(id, &key, commands);
    }

    /// Ends a wait; `from` is what answers it, where that is an event.
    pub(super) fn answer(
        &mut self,
        id: InvocationId,
        key: &WaitKey,
        answer: Answer<P>,
        from: Option<(KeptKey, Place)>,
        commands: &mut Vec<Command<P>>,
    ) {
        let waits = self.get_mut(id).and_then(Invocation::waits);
        let Some(open) = waits.and_then(|waits| waits.answer(key, answer, from)) else {
            return;
        };
        self.close_wait(&open);
        let invocation = &self.invocations[id.slot()];
        match invocation.stage {
            Stage::Running if open.attended => self.deliver(id, commands),
            Stage::Waiting if invocation.is_waiting() => self.deliver(id, commands),
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

    /// An invocation has given up a wait by itself, and goes on. The answer that it has not seen goes back.
    pub(super) fn drop_wait(
        &mut self,
        id: InvocationId,
        key: &WaitKey,
        commands: &mut Vec<Command<P>>,
    ) {
        let waits = self.get_mut(id).and_then(Invocation::waits);
        match waits.and_then(|waits| waits.give_up(key)) {
            None => {}
            Some(GivenUp::Open(open)) => {
                self.close_wait(&open);
                self.go_on(id, commands);
            }
            Some(GivenUp::Event(event, key, place)) => {
                self.go_on(id, commands);
                self.hold_kept(key.0, place);
                self.waiting.make().keep_as(key, event, place);
                self.place_kept(key, 0, commands);
            }
            Some(GivenUp::Nothing) => self.go_on(id, commands),
        }
    }

    /// An invocation goes on though it has not been answered.
    fn go_on(&mut self, id: InvocationId, commands: &mut Vec<Command<P>>) {
        let invocation = &mut self.invocations[id.slot()];
        let begins = invocation.record().begins;
        match invocation.stage {
            Stage::Waiting if !invocation.is_waiting() => self.suspended -= 1,
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
        self.waiting.make().close(wait);
        if let Some(timer) = wait.timer {
            self.timers.remove(timer);
        }
    }

    /// Whether somebody waits for an answer from outside.
    pub(super) fn awaits_outside(&self) -> bool {
        let wanted = self.waiting.get().into_iter().flat_map(Waiting::wanted);
        wanted
            .into_iter()
            .any(|event| matches!(self.routes.event(event).kind(), EventKind::HumanResponse))
    }
}
