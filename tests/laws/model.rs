//! What a run is, told naively: the oracle.
//!
//! Every piece of work carries its whole path through the fan-outs. A fan-out is over when a scan finds nothing with it
//! in its path. What the model leaves open is the order in which the works that become ready in one tick are started.

pub(crate) mod places;

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use workflows::{Emission, EventKind, Input, InvocationId, Item, Outbox, StepInput};

use crate::{
    events::{info, number},
    plan::{Plan, Takes},
};

/// An event: each emitted one has a number of its own.
pub(crate) type Id = u32;

/// For each fan-out around a piece of work, outermost first: which one, and the branch.
type Path = Vec<(usize, usize)>;

#[derive(Clone, Debug)]
pub(crate) struct Work {
    pub(crate) step: usize,
    pub(crate) input: StepInput<Id>,
    path: Path,
    /// The tick in which it became ready.
    tick: usize,
}

#[derive(Debug)]
struct FanOut {
    path: Path,
    /// What each collecting step has so far, with its branch; `None` once it has run.
    collected: BTreeMap<usize, Option<Vec<(usize, Id)>>>,
    /// Whether its list is still being dealt out.
    dealing: bool,
}

#[derive(Debug)]
struct Waiting {
    step: usize,
    path: Path,
    event: usize,
    id: Id,
}

/// How a run has to end.
#[derive(Debug, PartialEq)]
pub(crate) enum End {
    Stopped(Id),
    Failed(usize),
    /// For each half-filled join: its step, what came, what is missing.
    Stalled(Vec<(usize, Vec<usize>, Vec<usize>)>),
    /// With the running steps.
    Cancelled(Vec<usize>),
    TimedOut(Vec<usize>),
}

#[derive(Debug)]
pub(crate) struct Model {
    plan: Rc<Plan>,
    collectors: places::Collectors,
    begun: bool,
    ticks: usize,
    fan_outs_so_far: usize,
    pub(crate) ready: Vec<Work>,
    pub(crate) running: BTreeMap<InvocationId, Work>,
    joining: Vec<Waiting>,
    fan_outs: BTreeMap<usize, FanOut>,
    /// What the last tick published.
    pub(crate) published: Vec<Id>,
    pub(crate) end: Option<End>,
}

impl Model {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            plan: Rc::new(plan.clone()),
            collectors: places::Collectors::of(plan),
            begun: false,
            ticks: 0,
            fan_outs_so_far: 0,
            ready: Vec::new(),
            running: BTreeMap::new(),
            joining: Vec::new(),
            fan_outs: BTreeMap::new(),
            published: Vec::new(),
            end: None,
        }
    }

    pub(crate) fn apply(&mut self, input: &Input<Id>) {
        self.ticks += 1;
        self.published.clear();
        if self.end.is_some() {
            return;
        }
        match input {
            Input::Started(emission) if !self.begun => {
                self.begun = true;
                self.emit(emission, &Vec::new());
                self.settle();
            }
            Input::Sent(emission) if self.begun && self.is_taken(emission) => {
                self.emit(emission, &Vec::new());
                self.settle();
            }
            Input::Committed { invocation, outbox } => self.commit(*invocation, outbox.clone()),
            Input::Failed { invocation, .. } => {
                let failed = self.running.get(invocation);
                self.end = failed.map(|work| End::Failed(work.step));
            }
            Input::Cancelled => self.end = Some(End::Cancelled(self.running_steps())),
            Input::TimedOut => self.end = Some(End::TimedOut(self.running_steps())),
            Input::Started(_) | Input::Sent(_) | Input::Due => {}
            Input::Waits { .. }
            | Input::WaitDropped { .. }
            | Input::Judged { .. }
            | Input::Emitted { .. }
            | Input::Recorded { .. }
            | Input::Paused
            | Input::Resumed => panic!("the model knows nothing of {input:?}"),
        }
    }

    pub(crate) fn running_steps(&self) -> Vec<usize> {
        let mut steps: Vec<_> = self.running.values().map(|work| work.step).collect();
        steps.sort_unstable();
        steps
    }

    /// Checks that work was ready, that none of its step had been ready for longer, and lets it run.
    pub(crate) fn start(&mut self, invocation: InvocationId, step: usize, input: &StepInput<Id>) {
        let same = |work: &Work| work.step == step && same_input(&work.input, input);
        let place = self.ready.iter().position(same);
        let place = place.unwrap_or_else(|| panic!("step {step} was not ready for {input:?}"));
        let work = self.ready.remove(place);
        let oldest = self.ready.iter().filter(|other| other.step == step);
        let oldest = oldest.map(|other| other.tick).min();
        assert!(
            oldest.is_none_or(|tick| tick >= work.tick),
            "{work:?} overtook other work of its step"
        );
        let before = self.running.insert(invocation, work);
        assert!(before.is_none(), "{invocation} is running twice");
    }

    /// Checks that every step runs as much as it can and no more.
    pub(crate) fn check_workers(&self) {
        for (step, spec) in self.plan.steps.iter().enumerate() {
            let running = self.running.values().filter(|work| work.step == step);
            let ready = self.ready.iter().filter(|work| work.step == step).count();
            let (running, workers) = (running.count(), spec.workers as usize);
            assert!(running <= workers, "step {step} runs {running} times");
            assert!(
                ready == 0 || running == workers,
                "step {step} is idle although {ready} wait"
            );
        }
    }

    fn commit(&mut self, invocation: InvocationId, outbox: Outbox<Id>) {
        let Some(work) = self.running.get(&invocation).cloned() else {
            return;
        };
        for item in outbox {
            match item {
                Item::Event(emission) => self.emit(&emission, &work.path),
                Item::FanOut { elements, events } => {
                    let elements = elements.iter().map(|event| number(event.id()));
                    self.fan_out(&work, &elements.collect(), &events);
                }
                Item::Later { .. } => panic!("the model knows nothing of events for later"),
            }
        }
        self.running.remove(&invocation);
        self.close_what_is_over();
        self.settle();
    }

    fn fan_out(&mut self, work: &Work, elements: &BTreeSet<usize>, events: &[Emission<Id>]) {
        let id = self.fan_outs_so_far;
        self.fan_outs_so_far += 1;
        let collectors = self.collectors.of_list(&self.plan, work.step, elements);
        let open = FanOut {
            path: work.path.clone(),
            collected: collectors.map(|step| (step, Some(Vec::new()))).collect(),
            dealing: true,
        };
        self.fan_outs.insert(id, open);
        for (branch, event) in events.iter().enumerate() {
            let mut path = work.path.clone();
            path.push((id, branch));
            self.emit(event, &path);
        }
        if let Some(fan_out) = self.fan_outs.get_mut(&id) {
            fan_out.dealing = false;
        }
    }

    fn is_taken(&self, emission: &Emission<Id>) -> bool {
        self.plan.takers(number(emission.event)).next().is_some()
    }

    fn emit(&mut self, emission: &Emission<Id>, path: &Path) {
        let (event, id) = (number(emission.event), emission.payload);
        if self.end.is_some() || !self.plan.mentions(event) {
            return;
        }
        match info(event).kind() {
            EventKind::Stop => return self.end = Some(End::Stopped(id)),
            EventKind::InputRequired => self.published.push(id),
            EventKind::Ordinary | EventKind::Start | EventKind::HumanResponse => {}
        }
        let plan = Rc::clone(&self.plan);
        for (step, takes) in plan.takers(event) {
            match takes {
                Takes::Each(_) => self.make_ready(step, StepInput::One(id), path.clone()),
                Takes::Join(slots) => self.join(step, slots, event, id, path),
                Takes::Collect { take, .. } => self.collect(step, *take, id, path),
                Takes::Failures { .. } => {}
            }
        }
    }

    fn make_ready(&mut self, step: usize, input: StepInput<Id>, path: Path) {
        let tick = self.ticks;
        self.ready.push(Work {
            step,
            input,
            path,
            tick,
        });
    }

    fn join(&mut self, step: usize, slots: &[usize], event: usize, id: Id, path: &Path) {
        let path = path.clone();
        self.joining.push(Waiting {
            step,
            path: path.clone(),
            event,
            id,
        });
        let mut used = Vec::new();
        for slot in slots {
            let fits = |(place, waiting): &(usize, &Waiting)| {
                !used.contains(place)
                    && waiting.event == *slot
                    && waiting.step == step
                    && waiting.path == path
            };
            let Some((place, _)) = self.joining.iter().enumerate().find(fits) else {
                return;
            };
            used.push(place);
        }
        let inputs = used.iter().map(|place| self.joining[*place].id).collect();
        used.sort_unstable();
        for place in used.into_iter().rev() {
            self.joining.remove(place);
        }
        self.make_ready(step, StepInput::All(inputs), path);
    }

    fn collect(&mut self, step: usize, take: Option<u32>, id: Id, path: &Path) {
        let Some((fan_out, branch)) = path.last() else {
            return;
        };
        let fan_out = self.fan_outs.get_mut(fan_out).expect("work keeps it open");
        let outside = fan_out.path.clone();
        let Some(slot) = fan_out.collected.get_mut(&step) else {
            return;
        };
        let Some(collected) = slot else { return };
        collected.push((*branch, id));
        if take.is_some_and(|take| collected.len() >= take as usize) {
            let all = slot.take().expect("it was there on the line before");
            self.make_ready(step, StepInput::Collected(by_branch(all)), outside);
        }
    }

    fn close_what_is_over(&mut self) {
        while let Some(id) = self.fan_outs.keys().copied().find(|id| self.is_over(*id)) {
            let closed = self.fan_outs.remove(&id).expect("its key was just found");
            for (step, rest) in closed.collected {
                if let Some(rest) = rest {
                    let path = closed.path.clone();
                    self.make_ready(step, StepInput::Collected(by_branch(rest)), path);
                }
            }
        }
    }

    fn is_over(&self, id: usize) -> bool {
        let works = self.ready.iter().chain(self.running.values());
        let paths = works.map(|work| &work.path);
        let paths = paths.chain(self.joining.iter().map(|waiting| &waiting.path));
        let mut paths = paths.chain(self.fan_outs.values().map(|fan_out| &fan_out.path));
        !self.fan_outs[&id].dealing
            && !paths.any(|path| path.iter().any(|(fan_out, _)| *fan_out == id))
    }

    fn settle(&mut self) {
        let answerable = self.plan.mentions(crate::events::ANSWER);
        let idle = self.running.is_empty() && self.ready.is_empty();
        if self.end.is_none() && idle && !answerable {
            self.end = Some(End::Stalled(self.half_filled()));
        }
    }

    /// What the half-filled joins have and what they miss, in no particular order.
    fn half_filled(&self) -> Vec<(usize, Vec<usize>, Vec<usize>)> {
        let mut groups: BTreeMap<(usize, &Path), Vec<usize>> = BTreeMap::new();
        for waiting in &self.joining {
            let group = groups.entry((waiting.step, &waiting.path)).or_default();
            group.push(waiting.event);
        }
        let state = |((step, _), mut arrived): ((usize, &Path), Vec<usize>)| {
            let mut missing = self.plan.steps[step].takes.events().to_vec();
            for event in &arrived {
                if let Some(place) = missing.iter().position(|slot| slot == event) {
                    missing.remove(place);
                }
            }
            arrived.sort_unstable();
            missing.sort_unstable();
            (step, arrived, missing)
        };
        let mut joins: Vec<_> = groups.into_iter().map(state).collect();
        joins.sort();
        joins
    }
}

fn by_branch(mut collected: Vec<(usize, Id)>) -> Vec<Id> {
    collected.sort_by_key(|(branch, _)| *branch);
    collected.into_iter().map(|(_, id)| id).collect()
}

fn same_input(one: &StepInput<Id>, other: &StepInput<Id>) -> bool {
    match (one, other) {
        (StepInput::One(one), StepInput::One(other)) => one == other,
        (StepInput::All(one), StepInput::All(other))
        | (StepInput::Collected(one), StepInput::Collected(other)) => one == other,
        (
            StepInput::One(_) | StepInput::All(_) | StepInput::Collected(_) | StepInput::Caught(_),
            _,
        ) => false,
    }
}
