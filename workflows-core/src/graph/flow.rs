//! Which places every event can come from: a fix-point over the steps, and its mirror image from the end.
//!
//! An event that a step returns is where the step's input was; an element of a list is in a place of its own; what a
//! collecting step returns is where the step that opened the fan-out was invoked. The sets only grow, so a work list
//! of events ends.

use crate::graph::{
    StepSpec, Trigger,
    mentions::{MAX_EVENTS, MAX_MENTIONS, MAX_STEPS, Mentions, Role},
    ports::{MAX_PORTS, Ports, PortsOf, ROOT, WORDS},
    set::Set,
};

/// A first-in first-out list in which every event stands at most once.
struct WorkList {
    ring: [u16; MAX_EVENTS],
    listed: [bool; MAX_EVENTS],
    first: usize,
    len: usize,
}

impl WorkList {
    const fn new() -> Self {
        Self {
            ring: [0; MAX_EVENTS],
            listed: [false; MAX_EVENTS],
            first: 0,
            len: 0,
        }
    }

    const fn push(&mut self, event: usize) {
        if !self.listed[event] {
            self.listed[event] = true;
            self.ring[(self.first + self.len) % MAX_EVENTS] = event as u16;
            self.len += 1;
        }
    }

    const fn pop(&mut self) -> Option<usize> {
        if self.len == 0 {
            return None;
        }
        let event = self.ring[self.first] as usize;
        self.first = (self.first + 1) % MAX_EVENTS;
        self.len -= 1;
        self.listed[event] = false;
        Some(event)
    }
}

/// The places of events and steps.
pub(super) struct Flow {
    /// Where each event can be.
    pub(super) events: PortsOf<{ WORDS * MAX_EVENTS }>,
    /// Where each step's invocations can be: where the events that it returns are.
    pub(super) steps: PortsOf<{ WORDS * MAX_STEPS }>,
    /// The step that opens the fan-out of a place.
    pub(super) producer: [u16; MAX_PORTS],
    pub(super) ports: usize,
    /// The place of each mention that is an element of a fan-out.
    port_of: [u16; MAX_MENTIONS],
}

impl Flow {
    pub(super) const fn of(
        steps: &[StepSpec],
        mentions: &Mentions,
        produced: &Set<MAX_EVENTS>,
    ) -> Self {
        let mut flow = Self::with_ports(mentions);
        let mut work = WorkList::new();
        let mut event = 0;
        while event < mentions.events {
            // An event that nobody emits has an error of its own: what it leads to counts as reached.
            if mentions.kind(event).enters_the_workflow() || !produced.has(event) {
                flow.events.set(event, Ports::of(ROOT));
                work.push(event);
            }
            event += 1;
        }
        flow.spread(steps, mentions, &mut work);
        // A join whose inputs never meet has an error of its own: what it leads to counts as reached.
        let mut step = 0;
        while step < steps.len() {
            if flow.never_meets(&steps[step].trigger, mentions, step) {
                let places = flow.anywhere(mentions, step);
                flow.invoke(mentions, step, places, &mut work);
                flow.spread(steps, mentions, &mut work);
            }
            step += 1;
        }
        flow
    }

    /// Carries the places of the listed events on until nothing changes.
    const fn spread(&mut self, steps: &[StepSpec], mentions: &Mentions, work: &mut WorkList) {
        while let Some(event) = work.pop() {
            let mut place = mentions.event_start[event] as usize;
            while place < mentions.event_start[event + 1] as usize {
                let mention = mentions.of_event(place);
                if mention.role.is_take() {
                    let step = mention.step;
                    let places = self.invoked_at(&steps[step].trigger, mentions, step);
                    self.invoke(mentions, step, places, work);
                }
                place += 1;
            }
        }
    }

    /// The place of a mention that is an element of a fan-out; the top level for every other.
    pub(super) const fn port(&self, mention: usize) -> usize {
        self.port_of[mention] as usize
    }

    const fn with_ports(mentions: &Mentions) -> Self {
        let mut flow = Self {
            events: PortsOf::NONE,
            steps: PortsOf::NONE,
            producer: [0; MAX_PORTS],
            ports: 1,
            port_of: [0; MAX_MENTIONS],
        };
        let mut i = 0;
        while i < mentions.len {
            if matches!(mentions.get(i).role, Role::FansOut) {
                assert!(
                    flow.ports < MAX_PORTS,
                    "a workflow has at most 255 element types in its fan-outs"
                );
                flow.producer[flow.ports] = mentions.get(i).step as u16;
                flow.port_of[i] = flow.ports as u16;
                flow.ports += 1;
            }
            i += 1;
        }
        flow
    }

    /// Carries the places where a step is invoked on to its outputs.
    const fn invoke(
        &mut self,
        mentions: &Mentions,
        step: usize,
        places: Ports,
        work: &mut WorkList,
    ) {
        let places = self.steps.get(step).or(places);
        if places.same(self.steps.get(step)) {
            return;
        }
        self.steps.set(step, places);
        let mut i = mentions.step_start[step] as usize;
        while i < mentions.step_start[step + 1] as usize {
            let event = mentions.get(i).event;
            match mentions.get(i).role {
                Role::Takes | Role::Awaits => {}
                Role::Emits | Role::Fails => self.reach(event, places, work),
                Role::FansOut => {
                    self.reach(event, Ports::of(self.port_of[i] as usize), work);
                    self.revisit_collectors(mentions, step, work);
                }
            }
            i += 1;
        }
    }

    /// Where the step's inputs can be; for a join, where all of them can.
    const fn invoked_at(&self, trigger: &Trigger, mentions: &Mentions, step: usize) -> Ports {
        let any = self.anywhere(mentions, step);
        match trigger {
            Trigger::Each(_) | Trigger::Failure { .. } => any,
            Trigger::Collect { .. } => self.outside(any),
            Trigger::Join(_) => {
                let mut all = any;
                let mut i = mentions.step_start[step] as usize;
                while i < mentions.step_start[step + 1] as usize && mentions.get(i).role.is_take() {
                    all = all.and(self.events.get(mentions.get(i).event));
                    i += 1;
                }
                all
            }
        }
    }

    /// Whether each input of a join can be somewhere, but there is no place for all of them.
    const fn never_meets(&self, trigger: &Trigger, mentions: &Mentions, step: usize) -> bool {
        let mut i = mentions.step_start[step] as usize;
        while i < mentions.step_start[step + 1] as usize && mentions.get(i).role.is_take() {
            if self.events.get(mentions.get(i).event).is_empty() {
                return false;
            }
            i += 1;
        }
        matches!(trigger, Trigger::Join(_)) && self.steps.get(step).is_empty()
    }

    /// Where any of the step's inputs can be.
    const fn anywhere(&self, mentions: &Mentions, step: usize) -> Ports {
        let mut any = Ports::NONE;
        let mut i = mentions.step_start[step] as usize;
        while i < mentions.step_start[step + 1] as usize && mentions.get(i).role.is_take() {
            any = any.or(self.events.get(mentions.get(i).event));
            i += 1;
        }
        any
    }

    /// The places around the fan-outs of these places.
    const fn outside(&self, places: Ports) -> Ports {
        let mut around = if places.has(ROOT) {
            Ports::of(ROOT)
        } else {
            Ports::NONE
        };
        let mut port = 1;
        while port < self.ports {
            if places.has(port) {
                around = around.or(self.steps.get(self.producer[port] as usize));
            }
            port += 1;
        }
        around
    }

    const fn reach(&mut self, event: usize, places: Ports, work: &mut WorkList) {
        let reached = self.events.get(event).or(places);
        if !reached.same(self.events.get(event)) {
            self.events.set(event, reached);
            work.push(event);
        }
    }

    /// A fan-out is opened in more places than before: so are the inputs of what collects it.
    const fn revisit_collectors(&self, mentions: &Mentions, producer: usize, work: &mut WorkList) {
        let mut port = 1;
        while port < self.ports {
            let mut event = 0;
            while self.producer[port] as usize == producer && event < mentions.events {
                if self.events.get(event).has(port) {
                    work.push(event);
                }
                event += 1;
            }
            port += 1;
        }
    }
}

/// The steps from which a path leads to the end of the run.
pub(super) const fn finishing(mentions: &Mentions, consumed: &Set<MAX_EVENTS>) -> Set<MAX_STEPS> {
    let mut finishes = Set::EMPTY;
    let mut work = WorkList::new();
    let mut event = 0;
    while event < mentions.events {
        // An event that nobody takes has an error of its own: what leads to it counts as finishing.
        if mentions.kind(event).leaves_the_workflow() || !consumed.has(event) {
            work.push(event);
        }
        event += 1;
    }
    while let Some(event) = work.pop() {
        let mut place = mentions.event_start[event] as usize;
        while place < mentions.event_start[event + 1] as usize {
            let mention = mentions.of_event(place);
            let step = mention.step;
            // A step that leads to the end only by failing is a dead end.
            if matches!(mention.role, Role::Emits | Role::FansOut) && !finishes.has(step) {
                finishes.add(step);
                push_inputs(mentions, step, &mut work);
            }
            place += 1;
        }
    }
    finishes
}

const fn push_inputs(mentions: &Mentions, step: usize, work: &mut WorkList) {
    let mut i = mentions.step_start[step] as usize;
    while i < mentions.step_start[step + 1] as usize {
        if mentions.get(i).role.is_use() {
            work.push(mentions.get(i).event);
        }
        i += 1;
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        broker::tests::harness::{A, B, C, Joined, Later, Run, Start, Stop, collect, each, join},
        graph::{Emits, Report, check},
    };

    /// `B` is found at the top level first and inside of the fan-out later.
    #[test]
    fn a_join_is_where_all_of_its_inputs_can_be_in_whichever_order_they_are_found() {
        let run = Run::of([
            each::<Start>("open").emits(Emits::All(&[
                Emits::FanOut(&[A::INFO]),
                Emits::One(&[B::INFO]),
            ])),
            each::<A>("work").emits(Emits::All(&[
                Emits::One(&[C::INFO]),
                Emits::One(&[Later::INFO]),
            ])),
            each::<Later>("later").emits(Emits::One(&[B::INFO])),
            join("join", &[&[C::INFO], &[B::INFO]]).emits(Emits::One(&[Joined::INFO])),
            collect::<Joined>("collect", None).emits(Emits::One(&[Stop::INFO])),
        ]);
        let graph = run.graph();
        check::collected(&Report::of(graph.steps()), 4, &[Joined::INFO]);
    }
}
