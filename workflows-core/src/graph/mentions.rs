//! Every place where a step names an event, and a dense number for every event.
//!
//! Invariants:
//! 1. Mentions stand in step order: those of step `s` are `step_start[s]..step_start[s + 1]`.
//! 2. `sorted` lists the mentions by event: those of event `e` are `event_start[e]..event_start[e + 1]`, in step order.
//!
//! The lists are of integers: the compiler checks such a list in a constant at once, and every other element by element.

use crate::{
    event::{EventId, EventInfo, EventKind},
    graph::{Emits, StepSpec, Trigger, set::Set},
};

/// The most steps of a workflow.
pub(super) const MAX_STEPS: usize = 512;
/// The most places in which the steps of a workflow name an event.
pub(super) const MAX_MENTIONS: usize = 4096;
/// The most event types of a workflow.
pub(super) const MAX_EVENTS: usize = 2048;
/// A place of a [`Table`] that holds no event.
const FREE: u16 = u16::MAX;

/// Events by a hash, with open addressing; half of it stays free.
type Table = [u16; 2 * MAX_EVENTS];

/// What a step does with an event that it names.
///
/// The failure of a step is an event of its own, named after the handler: the step fails, the handler takes it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Takes,
    Emits,
    FansOut,
    /// It emits the event when it has failed for good.
    Fails,
    /// It waits for the event in the middle of its work.
    Awaits,
}

impl Role {
    const ALL: [Self; 5] = [
        Self::Takes,
        Self::Emits,
        Self::FansOut,
        Self::Fails,
        Self::Awaits,
    ];

    /// Whether the step runs on the event.
    pub(super) const fn is_take(self) -> bool {
        matches!(self, Self::Takes)
    }

    /// Whether the event comes from the step.
    pub(super) const fn is_emit(self) -> bool {
        matches!(self, Self::Emits | Self::FansOut | Self::Fails)
    }

    /// Whether the event ends at the step.
    pub(super) const fn is_use(self) -> bool {
        matches!(self, Self::Takes | Self::Awaits)
    }
}

#[derive(Clone, Copy)]
pub(super) struct Mention {
    pub(super) step: usize,
    pub(super) role: Role,
    /// The dense number of the event.
    pub(super) event: usize,
}

pub(super) struct Mentions {
    /// By mention: its step, its [`Role`] and its event.
    steps: [u16; MAX_MENTIONS],
    roles: [u8; MAX_MENTIONS],
    event_of: [u16; MAX_MENTIONS],
    pub(super) len: usize,
    pub(super) step_start: [u16; MAX_STEPS + 1],
    pub(super) sorted: [u16; MAX_MENTIONS],
    pub(super) event_start: [u16; MAX_EVENTS + 1],
    pub(super) events: usize,
    /// By event: its id, the hash of its name on the wire, its kind.
    ids: [u64; MAX_EVENTS],
    names: [u64; MAX_EVENTS],
    kinds: [u8; MAX_EVENTS],
    /// By event id.
    by_id: Table,
    /// The events whose name on the wire one of a smaller number bears.
    namesakes: Set<MAX_EVENTS>,
}

impl Mentions {
    pub(super) const fn of(steps: &[StepSpec]) -> Self {
        let mut all = Self::listed(steps);
        all.sort();
        all.find_namesakes();
        all
    }

    const fn listed(steps: &[StepSpec]) -> Self {
        assert!(steps.len() <= MAX_STEPS, "a workflow has at most 512 steps");
        let mut all = Self {
            steps: [0; MAX_MENTIONS],
            roles: [0; MAX_MENTIONS],
            event_of: [0; MAX_MENTIONS],
            len: 0,
            step_start: [0; MAX_STEPS + 1],
            sorted: [0; MAX_MENTIONS],
            event_start: [0; MAX_EVENTS + 1],
            events: 0,
            ids: [0; MAX_EVENTS],
            names: [0; MAX_EVENTS],
            kinds: [0; MAX_EVENTS],
            by_id: [FREE; 2 * MAX_EVENTS],
            namesakes: Set::EMPTY,
        };
        let handlers = Handlers::of(steps);
        let mut step = 0;
        while step < steps.len() {
            all.step_start[step] = all.len as u16;
            all.push_trigger(step, &steps[step].trigger);
            all.push_emits(step, &steps[step].emits);
            all.push_sets(step, steps[step].awaits, Role::Awaits);
            all.push_failures(steps, step, &handlers);
            step += 1;
        }
        all.step_start[step] = all.len as u16;
        all
    }

    const fn push_trigger(&mut self, step: usize, trigger: &Trigger) {
        match trigger {
            Trigger::Each(events) | Trigger::Collect { events, .. } => {
                self.push(step, events, Role::Takes)
            }
            Trigger::Join(slots) => self.push_sets(step, slots, Role::Takes),
            Trigger::Failure { .. } => self.push_failure_of(step, step, Role::Takes),
        }
    }

    const fn push_sets(&mut self, step: usize, sets: &[&[EventInfo]], role: Role) {
        let mut set = 0;
        while set < sets.len() {
            self.push(step, sets[set], role);
            set += 1;
        }
    }

    /// The failures of the step, one for each of its handlers.
    const fn push_failures(&mut self, steps: &[StepSpec], step: usize, handlers: &Handlers) {
        let mut i = 0;
        while i < handlers.len {
            let handler = handlers.list[i] as usize;
            if handlers.handle(steps, handler, step) {
                self.push_failure_of(step, handler, Role::Fails);
            }
            i += 1;
        }
    }

    const fn push_failure_of(&mut self, step: usize, handler: usize, role: Role) {
        let id = EventId::of("workflows::Failure").0 ^ (handler as u64 + 1);
        let event = self.number(id, EventKind::Ordinary);
        self.names[event as usize] = id;
        self.mention(step, event, role);
    }

    const fn push_emits(&mut self, step: usize, emits: &Emits) {
        match emits {
            Emits::Nothing => {}
            Emits::One(events) => self.push(step, events, Role::Emits),
            Emits::FanOut(events) => self.push(step, events, Role::FansOut),
            Emits::All(parts) => {
                let mut part = 0;
                while part < parts.len() {
                    self.push_emits(step, &parts[part]);
                    part += 1;
                }
            }
        }
    }

    const fn push(&mut self, step: usize, events: &[EventInfo], role: Role) {
        let mut i = 0;
        while i < events.len() {
            let event = &events[i];
            let known = self.events;
            let number = self.number(event.id.0, event.kind);
            // Hashing is slow in the compiler: once for each event.
            if self.events > known {
                self.names[number as usize] = EventId::of(event.name).0;
            }
            self.mention(step, number, role);
            i += 1;
        }
    }

    const fn mention(&mut self, step: usize, event: u16, role: Role) {
        assert!(
            self.len < MAX_MENTIONS,
            "the steps of a workflow name events in at most 4096 places"
        );
        self.steps[self.len] = step as u16;
        self.roles[self.len] = role as u8;
        self.event_of[self.len] = event;
        self.event_start[event as usize + 1] += 1;
        self.len += 1;
    }

    /// The dense number of an event: the next one at its first mention.
    const fn number(&mut self, id: u64, kind: EventKind) -> u16 {
        let place = self.place_of(id);
        if self.by_id[place] == FREE {
            assert!(
                self.events < MAX_EVENTS,
                "a workflow has at most 2048 event types"
            );
            self.by_id[place] = self.events as u16;
            self.ids[self.events] = id;
            self.kinds[self.events] = kind as u8;
            self.events += 1;
        }
        self.by_id[place]
    }

    /// Lists the mentions by event: a counting sort.
    const fn sort(&mut self) {
        let mut event = 0;
        while event < self.events {
            self.event_start[event + 1] += self.event_start[event];
            event += 1;
        }
        let mut next = self.event_start;
        let mut i = 0;
        while i < self.len {
            let place = &mut next[self.event_of[i] as usize];
            self.sorted[*place as usize] = i as u16;
            *place += 1;
            i += 1;
        }
    }

    /// Where the id is in the table, or where there is room for it.
    const fn place_of(&self, id: u64) -> usize {
        let mut place = id as usize % self.by_id.len();
        while self.by_id[place] != FREE && self.ids[self.by_id[place] as usize] != id {
            place = (place + 1) % self.by_id.len();
        }
        place
    }

    /// The dense number of the event.
    pub(super) const fn find(&self, event: &EventInfo) -> Option<usize> {
        match self.by_id[self.place_of(event.id.0)] {
            FREE => None,
            event => Some(event as usize),
        }
    }

    /// The identity of the event.
    pub(super) const fn id(&self, event: usize) -> EventId {
        EventId(self.ids[event])
    }

    /// How the event enters and leaves the workflow.
    pub(super) const fn kind(&self, event: usize) -> EventKind {
        EventKind::ALL[self.kinds[event] as usize]
    }

    /// The mention at a place of the list.
    pub(super) const fn get(&self, mention: usize) -> Mention {
        Mention {
            step: self.steps[mention] as usize,
            role: Role::ALL[self.roles[mention] as usize],
            event: self.event_of[mention] as usize,
        }
    }

    /// The mention at a place of the list by event.
    pub(super) const fn of_event(&self, place: usize) -> Mention {
        self.get(self.sorted[place] as usize)
    }

    /// Whether an event of a smaller number bears the same name on the wire.
    pub(super) const fn has_namesake(&self, event: usize) -> bool {
        self.namesakes.has(event)
    }

    /// Finds the events whose name an event of a smaller number bears.
    const fn find_namesakes(&mut self) {
        let mut table: Table = [FREE; 2 * MAX_EVENTS];
        let mut event = 0;
        while event < self.events {
            let name = self.names[event];
            let mut place = name as usize % table.len();
            while table[place] != FREE && self.names[table[place] as usize] != name {
                place = (place + 1) % table.len();
            }
            if table[place] == FREE {
                table[place] = event as u16;
            } else {
                self.namesakes.add(event);
            }
            event += 1;
        }
    }
}

/// The steps that handle failures of others: listed once, for the compiler would take long to look for them at every
/// step.
struct Handlers {
    list: [u16; MAX_STEPS],
    len: usize,
}

impl Handlers {
    const fn of(steps: &[StepSpec]) -> Self {
        let mut handlers = Self {
            list: [0; MAX_STEPS],
            len: 0,
        };
        let mut step = 0;
        while step < steps.len() {
            if steps[step].is_handler() {
                handlers.list[handlers.len] = step as u16;
                handlers.len += 1;
            }
            step += 1;
        }
        handlers
    }

    const fn handle(&self, steps: &[StepSpec], handler: usize, step: usize) -> bool {
        if steps[step].is_handler() {
            return false;
        }
        if !is_general(&steps[handler]) {
            return names_step(&steps[handler], steps[step].name);
        }
        let mut i = 0;
        while i < self.len {
            if names_step(&steps[self.list[i] as usize], steps[step].name) {
                return false;
            }
            i += 1;
        }
        true
    }
}

/// Whether `handler` is run when `step` has failed for good: where it names the step, or where it names none and no
/// other handler names it.
pub(crate) const fn handles(steps: &[StepSpec], handler: usize, step: usize) -> bool {
    steps[handler].is_handler() && Handlers::of(steps).handle(steps, handler, step)
}

const fn is_general(handler: &StepSpec) -> bool {
    matches!(&handler.trigger, Trigger::Failure { of, .. } if of.is_empty())
}

const fn names_step(handler: &StepSpec, name: &str) -> bool {
    match &handler.trigger {
        Trigger::Failure { of, .. } => names(of, name),
        Trigger::Each(_) | Trigger::Join(_) | Trigger::Collect { .. } => false,
    }
}

const fn names(list: &[&str], name: &str) -> bool {
    let mut i = 0;
    while i < list.len() {
        if is_same(list[i].as_bytes(), name.as_bytes()) {
            return true;
        }
        i += 1;
    }
    false
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}
