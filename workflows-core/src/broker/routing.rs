//! Routing: from what a step emits to the steps that take it.
//!
//! The way of one event, from the commit of a step to the start of the next, is one function to the compiler
//! (`inline(always)`): left to itself it splits it up and moves the event through memory at each border, which costs some
//! 6 % more instructions.

use super::{
    Broker,
    fan_out::FanOut,
    join::Join,
    place::{Place, Scope},
    timers::Timer,
};
use crate::{
    command::{Command, Ending},
    event::EventKind,
    output::{Emission, Item, Outbox},
    routes::{EventKey, Port, StepId},
    tick::{InvocationId, StepInput},
};

impl<P: Clone> Broker<P> {
    #[inline(always)]
    pub(super) fn commit(
        &mut self,
        id: InvocationId,
        outbox: Outbox<P>,
        commands: &mut Vec<Command<P>>,
    ) {
        let Some(invocation) = self.end(id) else {
            return;
        };
        let (step, place) = (invocation.step, invocation.place);
        self.emit(step, place, invocation.event, outbox, commands);
        if self.is_ended() {
            return;
        }
        self.release(place.scope, commands);
        self.fill(step, commands);
    }

    /// Routes everything that an invocation of `step` emits, which ran on `event`.
    #[inline(always)]
    pub(super) fn emit(
        &mut self,
        step: StepId,
        place: Place,
        event: EventKey,
        outbox: Outbox<P>,
        commands: &mut Vec<Command<P>>,
    ) {
        let outbox = match outbox.into_single() {
            Ok(emission) => return self.route(emission, place, commands),
            Err(outbox) => outbox,
        };
        for item in outbox {
            match item {
                Item::Event(emission) => self.route(emission, place, commands),
                Item::FanOut { elements, events } => {
                    let collectors = self.routes.collectors(step, elements);
                    let fan_out = FanOut::new(place, event, collectors);
                    self.open(fan_out, events, commands);
                }
                Item::Later { delay, emission } => {
                    let due = self.now.plus(delay);
                    self.timers.add(due, Timer::Delivery(emission, place));
                    self.hold(place.scope);
                }
            }
            if self.is_ended() {
                return;
            }
        }
    }

    /// Routes an event from outside, or tells that it is of no use.
    pub(super) fn receive(&mut self, emission: Emission<P>, commands: &mut Vec<Command<P>>) {
        let key = self.routes.key(emission.event);
        // What is collected comes from within.
        let runs = |key| {
            self.routes
                .takers(key)
                .iter()
                .any(|route| route.port != Port::Collect)
        };
        match key {
            Some(key) if runs(key) => self.route(emission, Place::ROOT, commands),
            Some(key) if self.routes.is_awaited(key) => {
                let earlier = self.waiting.make().serial();
                self.route(emission, Place::ROOT, commands);
                let kept = self.waiting.make().kept_since(key, earlier).cloned();
                commands.extend(kept.map(|event| Command::Unhandled { event, kept: true }));
            }
            Some(_) | None => commands.push(Command::Unhandled {
                event: emission.payload,
                kept: false,
            }),
        }
    }

    /// Gives an event to every step that takes it.
    #[inline]
    pub(super) fn route(
        &mut self,
        emission: Emission<P>,
        place: Place,
        commands: &mut Vec<Command<P>>,
    ) {
        let Some(key) = self.routes.key(emission.event) else {
            return;
        };
        match self.routes.event(key).kind() {
            EventKind::Stop => return self.finish(Ending::Stopped(emission.payload), commands),
            EventKind::InputRequired => commands.push(Command::Publish(emission.payload.clone())),
            EventKind::Ordinary | EventKind::Start | EventKind::HumanResponse => {}
        }
        if self.routes.is_awaited(key) {
            self.arrive_awaited(key, emission.payload, place, commands);
        } else {
            self.deal(key, emission.payload, place, commands);
        }
    }

    /// Gives an event to every step that runs on it.
    #[inline(always)]
    pub(super) fn deal(
        &mut self,
        key: EventKey,
        payload: P,
        place: Place,
        commands: &mut Vec<Command<P>>,
    ) {
        let takers = self.routes.takers(key).len();
        for taker in 1..takers {
            self.arrive(key, taker - 1, payload.clone(), place, commands);
            if self.is_ended() {
                return;
            }
        }
        if takers > 0 {
            self.arrive(key, takers - 1, payload, place, commands);
        }
    }

    #[inline(always)]
    fn arrive(
        &mut self,
        key: EventKey,
        taker: usize,
        payload: P,
        place: Place,
        commands: &mut Vec<Command<P>>,
    ) {
        let route = self.routes.takers(key)[taker];
        match route.port {
            Port::Each => self.enqueue(route.step, place, key, StepInput::One(payload), commands),
            Port::Slot => self.join(route.step, place, key, payload, commands),
            Port::Collect => self.collect(route.step, place, key, payload, commands),
        }
    }

    fn join(
        &mut self,
        step: StepId,
        place: Place,
        key: EventKey,
        payload: P,
        commands: &mut Vec<Command<P>>,
    ) {
        let scope = place.scope;
        let routes = self.routes.routes_of(step);
        let join = self.joins.entry((step, scope));
        let join = join.or_insert_with(|| Join::new(routes));
        let was_empty = join.is_empty();
        join.push(routes, key, payload);
        let lineage = self.lineages.merged(join.lineage, place.lineage);
        join.lineage = lineage;
        let complete = join.take_complete(routes);
        let is_empty = join.is_empty();
        if is_empty {
            self.joins.remove(&(step, scope));
        }
        if was_empty && !is_empty {
            self.hold(scope);
        }
        if let Some(inputs) = complete {
            let place = Place { scope, lineage };
            self.enqueue(step, place, key, StepInput::All(inputs), commands);
        }
        if !was_empty && is_empty {
            self.release(scope, commands);
        }
    }

    fn collect(
        &mut self,
        step: StepId,
        place: Place,
        key: EventKey,
        payload: P,
        commands: &mut Vec<Command<P>>,
    ) {
        let Some(fan_out) = place.scope.fan_out() else {
            return;
        };
        let take = self.routes.routes_of(step).take;
        let fan_out = &mut self.fan_outs[fan_out];
        let lineage = self.lineages.merged(fan_out.parent.lineage, place.lineage);
        fan_out.parent.lineage = lineage;
        if let Some(inputs) = fan_out.arrive(step, place.scope.branch(), payload, take) {
            let parent = fan_out.parent;
            self.enqueue(step, parent, key, StepInput::Collected(inputs), commands);
        }
    }

    /// Opens a fan-out and deals its elements out.
    fn open(
        &mut self,
        fan_out: FanOut<P>,
        events: Vec<Emission<P>>,
        commands: &mut Vec<Command<P>>,
    ) {
        let Place { scope, lineage } = fan_out.parent;
        let id = self.fan_outs.insert(fan_out);
        self.hold(scope);
        // Holds the fan-out open while its elements are dealt out.
        let mut scope = Scope::branch_of(id, 0);
        self.hold(scope);
        for (branch, emission) in events.into_iter().enumerate() {
            scope = Scope::branch_of(id, branch);
            self.route(emission, Place { scope, lineage }, commands);
            if self.is_ended() {
                return;
            }
        }
        self.release(scope, commands);
    }

    /// Counts a piece of work into the fan-out that it is in.
    #[inline]
    pub(super) fn hold(&mut self, scope: Scope) {
        if let Some(fan_out) = scope.fan_out().and_then(|id| self.fan_outs.get_mut(id)) {
            fan_out.open += 1;
        }
    }

    /// Counts a piece of work out of the fan-out that it was in, and closes what is complete.
    #[inline(always)]
    pub(super) fn release(&mut self, mut scope: Scope, commands: &mut Vec<Command<P>>) {
        while !self.is_ended()
            && let Some(id) = scope.fan_out()
        {
            let fan_out = &mut self.fan_outs[id];
            fan_out.open -= 1;
            if fan_out.open > 0 {
                return;
            }
            let closed = self.fan_outs.remove(id);
            let (parent, event) = (closed.parent, closed.event);
            scope = parent.scope;
            for (step, inputs) in closed.into_collected() {
                self.enqueue(step, parent, event, StepInput::Collected(inputs), commands);
            }
        }
    }
}
