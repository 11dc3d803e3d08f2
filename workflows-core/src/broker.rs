//! The broker: the state of one run and the pure function that moves it on.
//!
//! The parts: every step has a queue and a number of running invocations; every open fan-out counts the work inside
//! it; every half-filled join keeps what has arrived; what is due later is in the timers, what is waited for in the
//! open waits.
//!
//! Invariants:
//! 1. A step begins or resumes an invocation only while fewer than `workers` of them run; its queue is empty unless all
//!    of them are running or the run is paused. Only a step that gives up a wait by itself goes on without asking.
//! 2. A fan-out's `open` is the number of queued and begun invocations, half-filled joins, events emitted for later and
//!    open fan-outs directly inside it. It closes in the tick in which that number falls to zero, and never twice.
//! 3. A collecting step runs exactly once for every fan-out that is bound to it, with what arrived in list order.
//! 4. After [`Command::Finish`] nothing is left of the run and every tick is a no-op.
//! 5. Equal ticks give equal commands.

mod failing;
mod fan_out;
mod invocation;
mod join;
mod lazy;
mod lineage;
mod place;
mod routing;
mod snapshot;
mod timers;
mod waiting;
mod waits;
mod workers;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use slab::Slab;

pub use self::snapshot::{EventRecord, Json, Misfit, RunRecord};
use self::{
    fan_out::FanOut,
    invocation::Invocation,
    join::Join,
    lazy::Lazy,
    lineage::Lineages,
    place::{Place, Scope},
    timers::{Timer, Timers},
    waiting::Waiting,
};
use crate::{
    command::{Command, Ending, StalledJoin, StalledWait},
    limits::Limits,
    routes::{EventKey, Routes, StepId},
    tick::{Answer, Input, InvocationId, StepInput, Tick, Timestamp},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    New,
    Running,
    Ended,
}

/// Work for a step that is not running yet.
#[derive(Clone, Debug)]
struct Queued<P> {
    place: Place,
    event: EventKey,
    input: StepInput<P>,
}

#[derive(Clone, Debug)]
struct StepQueue<P> {
    running: u32,
    /// Invocations that have begun and want a place again.
    returning: VecDeque<InvocationId>,
    queue: VecDeque<Queued<P>>,
}

impl<P> StepQueue<P> {
    const fn new() -> Self {
        Self {
            running: 0,
            returning: VecDeque::new(),
            queue: VecDeque::new(),
        }
    }
}

/// The state of one run.
#[derive(Clone, Debug)]
pub struct Broker<P> {
    routes: Arc<Routes>,
    limits: Limits,
    /// Whether the inputs of all steps are kept while they run.
    keeps_inputs: bool,
    phase: Phase,
    paused: bool,
    now: Timestamp,
    /// How many invocations there have been.
    serial: u64,
    steps: Vec<StepQueue<P>>,
    /// How much work is in the queues.
    queued: usize,
    invocations: Slab<Invocation<P>>,
    /// How many of the invocations do nothing but wait.
    suspended: usize,
    fan_outs: Slab<FanOut<P>>,
    joins: BTreeMap<(StepId, Scope), Join<P>>,
    timers: Timers<P>,
    waiting: Lazy<Waiting<P>>,
    lineages: Lineages,
}

impl<P: Clone> Broker<P> {
    /// A run that has not begun.
    #[must_use]
    pub fn new(routes: Arc<Routes>) -> Self {
        let steps = (0..routes.step_count()).map(|_| StepQueue::new()).collect();
        Self {
            routes,
            limits: Limits::default(),
            keeps_inputs: false,
            phase: Phase::New,
            paused: false,
            now: Timestamp::default(),
            serial: 0,
            steps,
            queued: 0,
            // Most runs are a chain, and many that wait do so in one step.
            invocations: Slab::with_capacity(1),
            suspended: 0,
            fan_outs: Slab::new(),
            joins: BTreeMap::new(),
            timers: Timers::new(),
            waiting: Lazy::new(),
            lineages: Lineages::default(),
        }
    }

    /// Fails the run where it goes beyond `limits`.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Keeps what each step runs on until it is done, so that a snapshot can be taken at any time. Without it only the
    /// steps that may run again keep theirs.
    #[must_use]
    pub const fn keeping_inputs(mut self) -> Self {
        self.keeps_inputs = true;
        self
    }

    /// Moves the run on by one tick and appends what is to be done, in order.
    pub fn reduce(&mut self, tick: Tick<P>, commands: &mut Vec<Command<P>>) {
        let first = commands.len();
        self.now = self.now.max(tick.at);
        match self.phase {
            Phase::New => self.begin(tick.input, commands),
            Phase::Running => {
                self.carry_on(tick.input, commands);
                if self.waiting.get().is_some_and(Waiting::has_reserved) {
                    self.place_reserved(commands);
                }
                self.settle(commands);
            }
            Phase::Ended => {}
        }
        if self.phase == Phase::Ended {
            // What was to begin in the run's last tick begins no more.
            let last = commands.split_off(first);
            let stays =
                |command: &Command<P>| matches!(command, Command::Publish(_) | Command::Finish(_));
            commands.extend(last.into_iter().filter(stays));
        }
    }

    fn begin(&mut self, input: Input<P>, commands: &mut Vec<Command<P>>) {
        match input {
            Input::Started(start) => {
                self.phase = Phase::Running;
                self.route(start, Place::ROOT, commands);
                self.settle(commands);
            }
            Input::Cancelled => self.finish(Ending::Cancelled { running: vec![] }, commands),
            Input::TimedOut => self.finish(Ending::TimedOut { running: vec![] }, commands),
            Input::Paused => self.paused = true,
            Input::Resumed => self.paused = false,
            Input::Sent(_)
            | Input::Committed { .. }
            | Input::Failed { .. }
            | Input::Waits { .. }
            | Input::WaitDropped { .. }
            | Input::Judged { .. }
            | Input::Emitted { .. }
            | Input::Recorded { .. }
            | Input::Due => {}
        }
    }

    #[inline(always)]
    fn carry_on(&mut self, input: Input<P>, commands: &mut Vec<Command<P>>) {
        match input {
            Input::Started(_) => {}
            Input::Sent(emission) => self.receive(emission, commands),
            Input::Committed { invocation, outbox } => self.commit(invocation, outbox, commands),
            Input::Failed {
                invocation,
                failure,
                retry,
            } => self.fail(invocation, failure, retry, commands),
            Input::Waits { invocation, wait } => self.begin_wait(invocation, *wait, commands),
            Input::WaitDropped { invocation, key } => self.drop_wait(invocation, &key, commands),
            Input::Judged { offer, takes } => self.judge(offer, takes, commands),
            Input::Emitted { invocation, outbox } => {
                if let Some(of) = self.get(invocation) {
                    let (step, place, event) = (of.step, of.place, of.event);
                    self.emit(step, place, event, outbox, commands);
                }
            }
            Input::Recorded {
                invocation,
                key,
                value,
            } => {
                if let Some(invocation) = self.get_mut(invocation) {
                    invocation.record().recorded.insert(key, value);
                }
            }
            Input::Due => self.ring(commands),
            Input::Paused => self.paused = true,
            Input::Resumed => self.unpause(commands),
            Input::Cancelled => {
                let running = self.running_steps();
                self.finish(Ending::Cancelled { running }, commands);
            }
            Input::TimedOut => {
                let running = self.running_steps();
                self.finish(Ending::TimedOut { running }, commands);
            }
        }
    }

    /// The steps that have begun and are not done, once per invocation, in declaration order.
    #[must_use]
    pub fn running_steps(&self) -> Vec<StepId> {
        let mut steps: Vec<_> = self
            .invocations
            .iter()
            .map(|(_, invocation)| invocation.step)
            .collect();
        steps.sort_unstable();
        steps
    }

    /// Whether the run has come to its end.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    /// Whether nothing new begins until the run is resumed.
    #[must_use]
    pub const fn is_paused(&self) -> bool {
        self.paused
    }

    /// Whether there is nothing to do until an event comes from outside or a timer is due.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.queued == 0
            && self
                .steps
                .iter()
                .all(|step| step.running == 0 && step.returning.is_empty())
    }

    /// How many events wait for a place among the workers of their step.
    #[must_use]
    pub const fn queued(&self) -> usize {
        self.queued
    }

    /// When the run wants a tick with [`Input::Due`].
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.timers.next_due()
    }

    /// Does what is due.
    fn ring(&mut self, commands: &mut Vec<Command<P>>) {
        while !self.is_ended()
            && let Some(timer) = self.timers.pop_due(self.now)
        {
            match timer {
                Timer::Retry(id) => {
                    self.invocations[id.slot()].record().due = None;
                    self.return_to_work(id, commands);
                }
                Timer::Wait(id, key) => self.answer(id, &key, Answer::TimedOut, None, commands),
                Timer::Delivery(emission, place) => {
                    self.route(emission, place, commands);
                    self.release(place.scope, commands);
                }
            }
        }
    }

    fn unpause(&mut self, commands: &mut Vec<Command<P>>) {
        self.paused = false;
        for step in self.routes.step_ids() {
            if !self.is_ended() {
                self.fill(step, commands);
            }
        }
    }

    /// Fails a run that has nothing left to do.
    #[inline(always)]
    fn settle(&mut self, commands: &mut Vec<Command<P>>) {
        if self.phase != Phase::Running
            || self.invocations.len() > self.suspended
            || self.paused
            || !self.timers.is_empty()
            || self.routes.takes_from_outside()
            || self.waiting.get().is_some_and(Waiting::has_offers)
            || self.awaits_outside()
        {
            return;
        }
        let joins = self.joins.iter();
        let joins = joins.map(|((step, _), join)| self.stalled(*step, join));
        let waits = self.invocations.iter().map(|(_, invocation)| StalledWait {
            step: invocation.step,
            events: self.names(&invocation.awaited()),
        });
        let (joins, waits) = (joins.collect(), waits.collect());
        self.finish(Ending::Stalled { joins, waits }, commands);
    }

    fn stalled(&self, step: StepId, join: &Join<P>) -> StalledJoin {
        let (arrived, missing) = join.state(self.routes.routes_of(step));
        StalledJoin {
            step,
            arrived: self.names(&arrived),
            missing: self.names(&missing),
        }
    }

    fn names(&self, keys: &[EventKey]) -> Vec<&'static str> {
        let names = keys.iter().map(|key| self.routes.event(*key).name());
        names.collect()
    }

    fn finish(&mut self, ending: Ending<P>, commands: &mut Vec<Command<P>>) {
        if self.phase == Phase::Ended {
            return;
        }
        self.phase = Phase::Ended;
        self.steps.clear();
        self.queued = 0;
        self.invocations.clear();
        self.suspended = 0;
        self.fan_outs.clear();
        self.joins.clear();
        self.timers = Timers::new();
        self.waiting = Lazy::new();
        commands.push(Command::Finish(ending));
    }
}

#[cfg(test)]
pub(crate) mod tests;
