//! A run, and what must be so after every tick, whatever its steps do.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use workflows::{
    Broker, Command, Emission, Ending, EventRecord, Failure, Input, InvocationId, Item, Json,
    OfferId, Outbox, Routes, StepInput, Tick, Timestamp, Wait, WaitKey,
};

use super::census::{Census, Place, Places};
use crate::{
    cut,
    events::{START, STOP, info, name, number},
    model::{Id, places::Collectors},
    plan::{Plan, Takes},
};

/// How often each handler has recovered what an event descends from.
type Lineage = BTreeMap<usize, u32>;

/// An invocation that has been invoked.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) step: usize,
    input: StepInput<Id>,
    pub(crate) open: BTreeSet<WaitKey>,
}

pub(crate) struct Ledger {
    pub(crate) plan: Plan,
    collectors: Collectors,
    routes: Arc<Routes>,
    pub(crate) broker: Broker<Id>,
    pub(crate) now: Timestamp,
    /// The types of the events, by their ids, and what they descend from.
    events: Vec<(usize, Lineage)>,
    pub(crate) running: BTreeMap<InvocationId, Attempt>,
    /// Those that had something to do after the last tick, each with its step.
    worked: BTreeMap<InvocationId, usize>,
    /// The waits that there have been.
    waits: BTreeSet<(u64, WaitKey)>,
    pub(crate) offers: VecDeque<OfferId>,
    pub(crate) dead: Vec<InvocationId>,
    census: Census,
    /// Where the events of invocations that have ended were.
    done: Places,
    /// For each step, how many fan-outs it collects from were opened, and how often it has done so.
    opened: BTreeMap<usize, usize>,
    collected: BTreeMap<usize, usize>,
    recovered: BTreeMap<usize, u32>,
    pub(crate) ticks: usize,
}

impl Ledger {
    pub(crate) fn begin(plan: Plan) -> Self {
        let routes = plan.routes();
        let broker = Broker::new(Arc::clone(&routes)).keeping_inputs();
        let mut ledger = Self {
            collectors: Collectors::of(&plan),
            plan,
            census: Census::of(&cut::text(&broker, &|id: &Id| record(START, *id))),
            broker,
            routes,
            now: Timestamp::default(),
            events: Vec::new(),
            running: BTreeMap::new(),
            worked: BTreeMap::new(),
            waits: BTreeSet::new(),
            offers: VecDeque::new(),
            dead: Vec::new(),
            done: Places::new(),
            opened: BTreeMap::new(),
            collected: BTreeMap::new(),
            recovered: BTreeMap::new(),
            ticks: 0,
        };
        let start = ledger.emission(START, None);
        ledger.tick(Input::Started(start));
        ledger
    }

    /// An event that has not been emitted before, from outside or by an invocation.
    pub(crate) fn emission(&mut self, event: usize, by: Option<InvocationId>) -> Emission<Id> {
        let lineage = by.map_or_else(Lineage::new, |by| {
            self.lineage(&self.running[&by].input, by)
        });
        let payload = Id::try_from(self.events.len()).expect("there are fewer than 2^32 events");
        self.events.push((event, lineage));
        let event = info(event).id();
        Emission { event, payload }
    }

    /// What an invocation that runs on this descends from.
    fn lineage(&self, input: &StepInput<Id>, by: InvocationId) -> Lineage {
        let ids = match input {
            StepInput::One(id) => std::slice::from_ref(id),
            StepInput::All(ids) | StepInput::Collected(ids) => ids,
            StepInput::Caught(caught) => {
                let mut lineage = self.lineage(&caught.input, by);
                *lineage.entry(self.running[&by].step).or_default() += 1;
                return lineage;
            }
        };
        let mut merged = Lineage::new();
        for (handler, times) in ids.iter().flat_map(|id| &self.events[*id as usize].1) {
            let most = merged.entry(*handler).or_default();
            *most = (*most).max(*times);
        }
        merged
    }

    pub(crate) fn commit(&mut self, invocation: InvocationId, outbox: Outbox<Id>) {
        let attempt = self.running.remove(&invocation).expect("it runs");
        self.count_fan_outs(attempt.step, &outbox);
        self.bury(invocation, |_| true);
        if let Some(step) = collector(attempt.step, &attempt.input) {
            *self.collected.entry(step).or_default() += 1;
        }
        self.tick(Input::Committed { invocation, outbox });
    }

    pub(crate) fn emit(&mut self, invocation: InvocationId, outbox: Outbox<Id>) {
        self.count_fan_outs(self.running[&invocation].step, &outbox);
        self.tick(Input::Emitted { invocation, outbox });
    }

    pub(crate) fn fail(&mut self, invocation: InvocationId, retry: Option<Duration>) {
        let attempt = self.running.remove(&invocation).expect("it runs");
        if retry.is_none() {
            // What it ran on goes to its handler.
            self.bury(invocation, |place| place == Place::Answer);
            if let Some((handler, _)) = self.plan.handler_of(attempt.step) {
                *self.recovered.entry(handler).or_default() += 1;
            }
        }
        self.tick(Input::Failed {
            invocation,
            failure: Failure::panic("boom".to_owned()),
            retry,
        });
    }

    pub(crate) fn wait(&mut self, invocation: InvocationId, wait: Wait<Id>) {
        let attempt = self.running.get_mut(&invocation).expect("it runs");
        attempt.open.insert(wait.key.clone());
        self.waits.insert((invocation.serial(), wait.key.clone()));
        let step = attempt.step;
        self.count_fan_outs(step, &wait.sent);
        let wait = Box::new(wait);
        self.tick(Input::Waits { invocation, wait });
    }

    /// Whether an invocation has ever made a wait.
    pub(crate) fn has_waited(&self, invocation: InvocationId, key: &WaitKey) -> bool {
        self.waits.contains(&(invocation.serial(), key.clone()))
    }

    pub(crate) fn give_up_wait(&mut self, invocation: InvocationId, key: WaitKey) {
        let attempt = self.running.get_mut(&invocation).expect("it runs");
        attempt.open.remove(&key);
        self.tick(Input::WaitDropped { invocation, key });
    }

    /// Remembers where the events of an invocation were that ends now.
    fn bury(&mut self, invocation: InvocationId, stays: impl Fn(Place) -> bool) {
        self.dead.push(invocation);
        for (id, places) in self.census.places_of(invocation.serial()) {
            let places = places.into_iter().filter(|place| stays(*place));
            self.done.entry(id).or_default().extend(places);
        }
    }

    /// Counts the fan-outs that a step opens.
    fn count_fan_outs(&mut self, step: usize, outbox: &Outbox<Id>) {
        for item in outbox.clone() {
            if let Item::FanOut { elements, .. } = item {
                let elements = elements.iter().map(|event| number(event.id())).collect();
                for collector in self.collectors.of_list(&self.plan, step, &elements) {
                    *self.opened.entry(collector).or_default() += 1;
                }
            }
        }
    }

    /// Goes on from a snapshot.
    pub(crate) fn cut(&mut self) {
        let text = self.text();
        self.broker = cut::restored(&text, &self.routes, &|record| {
            let id = record.data.0.as_u64().expect("it was written as a number");
            Id::try_from(id).expect("it was written as 32 bits")
        });
        assert_eq!(Census::of(&self.text()).places(), self.census.places());
        self.running.clear();
        self.worked.clear();
        self.offers.clear();
        self.tick(Input::Resumed);
    }

    fn text(&self) -> String {
        let write = |id: &Id| record(self.events[*id as usize].0, *id);
        cut::text(&self.broker, &write)
    }

    pub(crate) fn tick(&mut self, input: Input<Id>) {
        self.ticks += 1;
        let gave_up = if let Input::WaitDropped { invocation, .. } = &input {
            Some(*invocation)
        } else {
            None
        };
        let at = self.now;
        let mut commands = Vec::new();
        self.broker.reduce(Tick { at, input }, &mut commands);
        for command in commands {
            self.carry_out(command);
        }
        if !self.broker.is_ended() {
            self.census = Census::of(&self.text());
            self.check_events();
            self.check_fan_outs();
            self.check_workers(gave_up);
        }
    }

    fn carry_out(&mut self, command: Command<Id>) {
        match command {
            Command::Invoke {
                invocation,
                step,
                input,
                ..
            } => self.invoke(invocation, step.index(), input),
            Command::Offer { offer, .. } => self.offers.push_back(offer),
            Command::Answer {
                invocation, key, ..
            } => {
                let attempt = self.running.get_mut(&invocation);
                attempt
                    .expect("only who waits is answered")
                    .open
                    .remove(&key);
            }
            Command::Publish(_) | Command::Unhandled { .. } => {}
            Command::Finish(ending) => self.check_ending(&ending),
        }
    }

    fn invoke(&mut self, invocation: InvocationId, step: usize, input: StepInput<Id>) {
        assert!(
            !self.broker.is_paused(),
            "{invocation} begins in a paused run"
        );
        let open = BTreeSet::new();
        let attempt = Attempt { step, input, open };
        let before = self.running.insert(invocation, attempt);
        assert!(before.is_none(), "{invocation} is invoked while it runs");
        let input = &self.running[&invocation].input;
        if let Takes::Failures { max_recoveries, .. } = &self.plan.steps[step].takes {
            let lineage = self.lineage(input, invocation);
            assert!(lineage[&step] <= *max_recoveries, "recovered too often");
        }
    }

    fn check_ending(&self, ending: &Ending<Id>) {
        match ending {
            Ending::Stopped(id) => assert_eq!(self.events[*id as usize].0, STOP),
            Ending::Failed { step, .. } => {
                let handler = self.plan.handler_of(step.index());
                assert!(
                    handler.is_none_or(|(handler, most)| self.recovered[&handler] > most),
                    "step {step:?} is not recovered"
                );
            }
            Ending::Stalled { .. } => {
                assert!(
                    self.running
                        .values()
                        .all(|attempt| !attempt.open.is_empty())
                );
            }
            Ending::Exceeded(_) | Ending::Cancelled { .. } | Ending::TimedOut { .. } => {
                panic!("nobody has done this: {ending:?}")
            }
        }
    }

    /// Every event is in one place, or has gone to all who take it, once to each.
    fn check_events(&self) {
        let places = self.census.places();
        for (id, (event, _)) in (0..).zip(&self.events) {
            let places = places.get(&id).into_iter().chain(self.done.get(&id));
            let places: Vec<_> = places.flatten().copied().collect();
            let ok = match &*places {
                [Place::Later | Place::Kept | Place::Answer] => true,
                places => self.is_dealt(*event, places),
            };
            assert!(ok, "event {id} of type {event} is at {places:?}");
        }
    }

    fn is_dealt(&self, event: usize, places: &[Place]) -> bool {
        let times = |step| {
            places
                .iter()
                .filter(|place| **place == Place::Taken(step))
                .count()
        };
        let mut dealt = 0;
        for (step, takes) in self.plan.takers(event) {
            let times = times(step);
            dealt += times;
            match (takes, times) {
                // What is collected is dropped outside of the fan-out, and where enough has come.
                (Takes::Collect { .. }, 0 | 1) | (Takes::Each(_) | Takes::Join(_), 1) => {}
                _ => return false,
            }
        }
        let is_kept = dealt == 0 && self.plan.takers(event).next().is_none();
        dealt == places.len() && !(is_kept && self.plan.awaits(event))
    }

    /// Every fan-out is open, or has closed once.
    fn check_fan_outs(&self) {
        for (step, spec) in self.plan.steps.iter().enumerate() {
            if let Takes::Collect { .. } = spec.takes {
                let of = |counts: &BTreeMap<usize, usize>| counts.get(&step).copied().unwrap_or(0);
                let closed = of(&self.collected) + self.census.collecting(step);
                let all = closed + self.census.open_for(step);
                assert_eq!(all, of(&self.opened), "fan-outs of step {step}");
            }
        }
    }

    /// The invocations that have something to do, each with its step.
    fn working(&self) -> BTreeMap<InvocationId, usize> {
        let running = self.running.iter();
        let working = running.filter(|(_, attempt)| attempt.open.is_empty());
        working.map(|(id, attempt)| (*id, attempt.step)).collect()
    }

    /// Every step runs as much as it can and no more, but for who gives up a wait by itself.
    fn check_workers(&mut self, gave_up: Option<InvocationId>) {
        let working = self.working();
        let all = |step| working.values().filter(|other| **other == step).count();
        let workers = |step: usize| self.plan.steps[step].workers as usize;
        for (id, step) in &working {
            assert!(
                all(*step) <= workers(*step)
                    || self.worked.contains_key(id)
                    || gave_up == Some(*id),
                "{id} is one too many that run step {step}"
            );
        }
        for step in self.census.queued() {
            let is_busy = self.broker.is_paused() || all(step) >= workers(step);
            assert!(is_busy, "step {step} is idle although work is there");
        }
        self.worked = working;
    }
}

/// The step that has collected this, be it in its own hands or in those of its handler.
fn collector(step: usize, input: &StepInput<Id>) -> Option<usize> {
    match input {
        StepInput::Collected(_) => Some(step),
        StepInput::Caught(caught) => collector(caught.step.index(), &caught.input),
        StepInput::One(_) | StepInput::All(_) => None,
    }
}

fn record(event: usize, id: Id) -> EventRecord {
    EventRecord {
        event: name(event).to_owned(),
        data: Json(id.into()),
    }
}
