//! Graphs without a plan, and steps that emit whatever their signature allows.

use std::ops::Range;

use proptest::prelude::*;
use workflows::{Failure, Input, Item, Outbox};

use crate::{
    events::{ANSWER, ORDINARY, QUESTION, START, STOP},
    model::{Id, places::Collectors},
    plan::{Gives, Plan, Step, Takes, infos},
    trial::Trial,
};

fn taken() -> impl Strategy<Value = usize> {
    prop_oneof![4 => ORDINARY..ORDINARY + 6, 2 => Just(START), 1 => Just(QUESTION), 1 => Just(ANSWER)]
}

pub(crate) fn emitted() -> impl Strategy<Value = usize> {
    prop_oneof![8 => ORDINARY..ORDINARY + 6, 1 => Just(QUESTION), 1 => Just(STOP)]
}

pub(crate) fn distinct(events: impl Strategy<Value = usize>) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::btree_set(events, 1..3).prop_map(|events| events.into_iter().collect())
}

fn takes() -> impl Strategy<Value = Takes> {
    let take = prop_oneof![2 => Just(None), 1 => (1..4_u32).prop_map(Some)];
    prop_oneof![
        4 => distinct(taken()).prop_map(Takes::Each),
        2 => prop::collection::vec(taken(), 2..4).prop_map(Takes::Join),
        2 => (distinct(taken()), take).prop_map(|(events, take)| Takes::Collect { events, take }),
    ]
}

pub(crate) fn gives() -> impl Strategy<Value = Vec<Gives>> {
    let part = prop_oneof![
        3 => distinct(emitted()).prop_map(Gives::One),
        2 => distinct(emitted()).prop_map(Gives::List),
    ];
    prop::collection::vec(part, 0..4)
}

/// The steps of a graph, of which the first takes the start event.
pub(crate) fn steps(count: Range<usize>) -> impl Strategy<Value = Vec<Step>> {
    let step = (takes(), gives(), 1..4_u32).prop_map(|(takes, gives, workers)| Step {
        takes,
        gives,
        awaits: Vec::new(),
        workers,
    });
    prop::collection::vec(step, count).prop_map(|mut steps| {
        if let Some(first) = steps.first_mut() {
            first.takes = Takes::Each(vec![START]);
        }
        steps
    })
}

/// Decisions, one after the other; zeros once they are used up, so that every run comes to rest.
pub(crate) struct Script(pub(crate) std::vec::IntoIter<u32>);

impl Script {
    pub(crate) fn is_over(&self) -> bool {
        self.0.len() == 0
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0.next().unwrap_or_default() as usize % bound.max(1)
    }
}

fn outbox(trial: &mut Trial, step: &Step, script: &mut Script) -> Outbox<Id> {
    let mut outbox = Outbox::new();
    for gives in &step.gives {
        match (gives, script.below(4)) {
            (_, 0) => {}
            (Gives::One(events), _) => {
                let event = events[script.below(events.len())];
                outbox.push(Item::Event(trial.event(event)));
            }
            (Gives::List(elements), len) => {
                let mut element = |_| trial.event(elements[script.below(elements.len())]);
                outbox.push(Item::FanOut {
                    elements: infos(elements),
                    events: (1..len + script_bonus(len)).map(&mut element).collect(),
                });
            }
        }
    }
    outbox
}

/// Makes some lists empty and some longer.
const fn script_bonus(len: usize) -> usize {
    if len == 1 { 0 } else { len }
}

fn finish_one(trial: &mut Trial, plan: &Plan, script: &mut Script) {
    let running = trial.running();
    let (invocation, work) = running[script.below(running.len())].clone();
    let outbox = outbox(trial, &plan.steps[work.step], script);
    trial.tick(Input::Committed { invocation, outbox });
}

/// Something that happens rarely, or that makes no sense.
fn disturb(trial: &mut Trial, kind: usize, old: &mut Vec<Input<Id>>) {
    let running = trial.running();
    match (kind, running.first()) {
        (0, _) => trial.answer(),
        (1, Some((invocation, _))) => old.push(Input::Committed {
            invocation: *invocation,
            outbox: Outbox::new(),
        }),
        (2, _) => {
            if let Some(input) = old.pop() {
                trial.tick(input);
            }
        }
        (3, _) => {
            let start = trial.event(START);
            trial.tick(Input::Started(start));
        }
        (4, Some((invocation, _))) => trial.tick(Input::Failed {
            invocation: *invocation,
            failure: Failure::panic("boom".to_owned()),
            retry: None,
        }),
        (5, _) => trial.tick(Input::Cancelled),
        (6, _) => trial.tick(Input::TimedOut),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn every_tick_does_what_the_model_says_and_replays_the_same(
        plan in steps(1..9).prop_map(|steps| Plan { steps }),
        script in prop::collection::vec(any::<u32>(), 0..120),
    ) {
        prop_assume!(Collectors::of(&plan).joins_meet(&plan));
        let mut script = Script(script.into_iter());
        let mut trial = Trial::begin(&plan);
        let mut old = Vec::new();
        while !trial.is_ended() && !trial.running().is_empty() {
            finish_one(&mut trial, &plan, &mut script);
            disturb(&mut trial, script.below(40).wrapping_sub(1), &mut old);
            prop_assert!(trial.ticks() < 5_000, "the run does not come to an end");
        }
        // A run that rests without having ended waits for an answer.
        prop_assert!(trial.is_ended() || plan.mentions(ANSWER));
        trial.answer();
        trial.check_replay();
    }
}
