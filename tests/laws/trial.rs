//! One run of a broker beside its model.

use std::{collections::BTreeMap, fmt::Debug, sync::Arc, time::Duration};

use workflows::{
    Broker, Command, Emission, Ending, Input, InvocationId, Routes, StepInput, Tick, Timestamp,
};

use crate::{
    events::{ANSWER, START, info},
    model::{End, Id, Model, Work},
    plan::Plan,
};

/// A broker and its model, fed with the same ticks.
pub(crate) struct Trial {
    broker: Broker<Id>,
    pub(crate) model: Model,
    routes: Arc<Routes>,
    /// What happened so far, with the commands that came of it.
    journal: Vec<(Tick<Id>, String)>,
    ids: Id,
}

impl Trial {
    /// A run that has begun with its start event, which is event 0.
    pub(crate) fn begin(plan: &Plan) -> Self {
        let routes = plan.routes();
        let mut trial = Self {
            broker: Broker::new(Arc::clone(&routes)),
            model: Model::new(plan),
            routes,
            journal: Vec::new(),
            ids: 0,
        };
        let start = trial.event(START);
        trial.tick(Input::Started(start));
        trial
    }

    /// An event that has not been emitted before.
    pub(crate) fn event(&mut self, number: usize) -> Emission<Id> {
        let payload = self.ids;
        self.ids += 1;
        let event = info(number).id();
        Emission { event, payload }
    }

    /// An answer from outside.
    pub(crate) fn answer(&mut self) {
        let answer = self.event(ANSWER);
        self.tick(Input::Sent(answer));
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.broker.is_ended()
    }

    pub(crate) fn ticks(&self) -> usize {
        self.journal.len()
    }

    /// The running invocations, oldest first.
    pub(crate) fn running(&self) -> Vec<(InvocationId, Work)> {
        let running = &self.model.running;
        running
            .iter()
            .map(|(id, work)| (*id, work.clone()))
            .collect()
    }

    /// Feeds a tick to both, and checks that the commands are those that the model expects.
    pub(crate) fn tick(&mut self, input: Input<Id>) {
        let was_ended = self.is_ended();
        self.model.apply(&input);
        let at = Timestamp::after(Duration::from_millis(self.journal.len() as u64));
        let tick = Tick { at, input };
        let mut commands = Vec::new();
        self.broker.reduce(tick.clone(), &mut commands);
        self.journal.push((tick, format!("{commands:?}")));
        self.check(&commands, was_ended);
    }

    fn check(&mut self, commands: &[Command<Id>], was_ended: bool) {
        let mut published = Vec::new();
        let mut ending = None;
        for command in commands {
            assert!(ending.is_none(), "`Finish` is the last command");
            match command {
                Command::Invoke {
                    invocation,
                    step,
                    input,
                    ..
                } => self.model.start(*invocation, step.index(), input),
                Command::Offer { .. } | Command::Answer { .. } => {
                    panic!("the model knows nothing of {command:?}")
                }
                Command::Unhandled { .. } => {}
                Command::Publish(id) => published.push(*id),
                Command::Finish(end) => ending = Some(self.end(end)),
            }
        }
        assert_eq!(published, self.model.published);
        match &self.model.end {
            Some(_) if was_ended => assert!(commands.is_empty(), "{commands:?} after the end"),
            end => assert_eq!(&ending, end),
        }
        if self.broker.is_ended() {
            assert_eq!(
                (self.broker.queued(), self.broker.running_steps()),
                (0, vec![])
            );
        } else {
            self.model.check_workers();
            assert_eq!(self.broker.queued(), self.model.ready.len());
            let running: Vec<_> = self
                .broker
                .running_steps()
                .iter()
                .map(|step| step.index())
                .collect();
            assert_eq!(running, self.model.running_steps());
        }
    }

    fn end(&self, ending: &Ending<Id>) -> End {
        let indices = |steps: &[workflows::StepId]| steps.iter().map(|step| step.index()).collect();
        match ending {
            Ending::Stopped(id) => End::Stopped(*id),
            Ending::Failed { step, .. } => End::Failed(step.index()),
            Ending::Cancelled { running } => End::Cancelled(indices(running)),
            Ending::TimedOut { running } => End::TimedOut(indices(running)),
            Ending::Exceeded(limit) => panic!("the run has no limits: {limit}"),
            Ending::Stalled { joins, .. } => {
                let mut joins: Vec<_> = joins
                    .iter()
                    .map(|join| {
                        (
                            join.step.index(),
                            numbers(&join.arrived),
                            numbers(&join.missing),
                        )
                    })
                    .collect();
                joins.sort();
                End::Stalled(joins)
            }
        }
    }

    /// Checks that the recorded ticks give the same commands and the same state again, in one go and after a cut, and
    /// that a run that has ended is empty.
    pub(crate) fn check_replay(&self) {
        let mut replay = Broker::new(Arc::clone(&self.routes));
        let mut fork = None;
        for (place, (tick, commands)) in self.journal.iter().enumerate() {
            if place == self.journal.len() / 2 {
                fork = Some(replay.clone());
            }
            assert_eq!(&again(&mut replay, tick), commands);
        }
        assert_eq!(state(&replay), state(&self.broker));
        if let Some(mut fork) = fork {
            for (tick, commands) in &self.journal[self.journal.len() / 2..] {
                assert_eq!(&again(&mut fork, tick), commands);
            }
            assert_eq!(state(&fork), state(&self.broker));
        }
        if self.is_ended() {
            self.check_empty();
        }
    }

    /// An ended run looks like one that was cancelled before it began, but for its clock and its counter.
    fn check_empty(&self) {
        let mut fresh = Broker::<Id>::new(Arc::clone(&self.routes));
        let at = Timestamp::default();
        fresh.reduce(
            Tick {
                at,
                input: Input::Cancelled,
            },
            &mut Vec::new(),
        );
        let held = |broker: &Broker<Id>| {
            let state = state(broker);
            let held = state.split_once("steps: ").expect("a broker has steps");
            held.1.to_owned()
        };
        assert_eq!(held(&self.broker), held(&fresh));
    }
}

/// All that a broker knows of its run.
pub(crate) fn state<P: Clone + Debug>(broker: &Broker<P>) -> String {
    // In several lines: otherwise a slab shows its capacity instead of what it holds.
    let text = format!("{broker:#?}");
    let state = text.split_once("phase: ").expect("a broker has a phase");
    state.1.to_owned()
}

/// The commands of one more tick.
pub(crate) fn again<P: Clone + Debug>(broker: &mut Broker<P>, tick: &Tick<P>) -> String {
    let mut commands = Vec::new();
    broker.reduce(tick.clone(), &mut commands);
    format!("{commands:?}")
}

fn numbers(names: &[&str]) -> Vec<usize> {
    let number = |name: &&str| {
        name.trim_start_matches('E')
            .parse()
            .expect("names are `E` and a number")
    };
    let mut numbers: Vec<_> = names.iter().map(number).collect();
    numbers.sort_unstable();
    numbers
}

/// How often each event was taken by each step: a second look at the journal, from the invocations alone.
pub(crate) fn deliveries(works: &[Work]) -> BTreeMap<(usize, Id), usize> {
    let mut deliveries = BTreeMap::new();
    for work in works {
        let events = match &work.input {
            StepInput::One(event) => std::slice::from_ref(event),
            StepInput::All(events) | StepInput::Collected(events) => events,
            // Taken by the step that failed.
            StepInput::Caught(_) => &[],
        };
        for event in events {
            *deliveries.entry((work.step, *event)).or_default() += 1;
        }
    }
    deliveries
}
