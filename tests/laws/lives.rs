//! Graphs whose steps live: they ask and wait, sleep, fail and are tried again, give up and are recovered, and emit
//! events for later, in a run that is paused now and then.
//!
//! What an invocation goes through follows from its step and its input, so a run means the same in every order, and
//! however often it is cut and restored. It is told from outside, by counting ticks and commands.

mod life;
mod world;

use std::{ops::Range, sync::Arc};

use serde_json::Value;
use workflows::{Broker, EventRecord, Json, Tick};

use self::world::{Account, Play, World};
use crate::{
    events::{ANSWER, name},
    plan::{Step, Takes},
    simulation::{
        block::Builder,
        rng::{Rng, for_each_seed},
    },
    trial::{again, state},
};

/// How many graphs are tried.
const GRAPHS: u64 = 1_000;

/// An event with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Token {
    event: u16,
    value: u64,
}

impl Token {
    fn new(event: usize, value: u64) -> Self {
        let event = u16::try_from(event).expect("there are fewer than 100 events");
        Self { event, value }
    }

    fn record(&self) -> EventRecord {
        EventRecord {
            event: name(self.event.into()).to_owned(),
            data: Json(self.value.into()),
        }
    }

    fn of(record: &EventRecord) -> Self {
        let event = (0..).find(|event| name(*event) == record.event);
        let value = Value::as_u64(&record.data.0);
        Self::new(
            event.expect("it has a number"),
            value.expect("it has a value"),
        )
    }
}

/// A graph with its result.
fn play(rng: &mut Rng, start: u64, blocks: Range<usize>) -> (Play, u64) {
    loop {
        let graph = Builder::graph(rng);
        let Some(expected) = graph
            .expected(start, blocks.clone())
            .filter(|_| graph.is_exact)
        else {
            continue;
        };
        let mut plan = graph.plan.clone();
        for step in &mut plan.steps {
            step.awaits = vec![ANSWER];
        }
        for _ in 0..rng.below(4) {
            let step = rng.below(graph.bodies.len());
            if step != graph.last && plan.handler_of(step).is_none() {
                let takes = Takes::Failures {
                    of: vec![step],
                    max_recoveries: 1_000,
                };
                let handled = plan.steps[step].clone();
                plan.steps.push(Step { takes, ..handled });
            }
        }
        let play = Play {
            routes: plan.routes(),
            choosy: rng.once_in(2),
            plan,
            graph,
        };
        return (play, expected);
    }
}

fn run_on<'p>(world: &mut World<'p>, rng: &mut Rng, mut before_each_tick: impl FnMut(&World<'p>)) {
    let mut ticks = 0;
    while !world.broker.is_ended() {
        before_each_tick(world);
        world.advance(rng);
        ticks += 1;
        assert!(ticks < 10_000, "the run does not come to an end");
    }
}

/// What two runs of the same graph have in common.
fn outcome(account: &Account) -> String {
    let Account {
        emitted,
        questions,
        committed,
        given_up,
        result,
        ..
    } = account;
    let mut emitted = emitted.clone();
    // An answer may come too late or twice.
    emitted.retain(|token, _| usize::from(token.event) != ANSWER);
    format!("{result:?}\n{emitted:?}\n{questions:?}\n{committed:?}\n{given_up:?}")
}

/// Whole runs, each with the play and the result that it should have.
fn for_each_run(each: impl Fn(&Play, World<'_>, u64, Rng)) {
    for_each_seed(GRAPHS, "lives", |seed| {
        let mut rng = Rng::new(seed);
        let (play, expected) = play(&mut rng, seed, 4..40);
        each(&play, World::begin(&play, seed, true), expected, rng);
    });
}

#[test]
fn every_event_is_consumed_as_the_graph_says_and_every_fan_out_closes_once() {
    for_each_run(|play, mut world, expected, mut rng| {
        run_on(&mut world, &mut rng, |_| ());
        let account = &world.account;
        assert_eq!(account.result.map(|token| token.value), Some(expected));
        for (token, emitted) in &account.emitted {
            for (step, _) in play.graph.plan.takers(token.event.into()) {
                let consumed = account.consumed(step, *token);
                assert_eq!(consumed, *emitted, "{token:?} in step {step}");
            }
        }
        for (step, collector) in play.graph.fan_outs() {
            assert_eq!(account.commits(collector), account.commits(step));
        }
    });
}

#[test]
fn equal_ticks_give_equal_commands_and_an_equal_state() {
    for_each_run(|play, mut world, _, mut rng| {
        let mut twin = Broker::new(Arc::clone(&play.routes)).keeping_inputs();
        let (mut places, mut told) = (Rng::new(rng.below(1_000) as u64), 0);
        run_on(&mut world, &mut rng, |world| {
            for (tick, commands) in world.journal.iter().flatten().skip(told) {
                assert_eq!(&again(&mut twin, tick), commands);
                told += 1;
            }
            if places.once_in(100) {
                assert_eq!(state(&twin), state(&world.broker));
            }
        });
    });
}

#[test]
fn a_tick_that_makes_no_sense_changes_nothing() {
    for_each_run(|_, mut world, _, mut rng| {
        let mut kinds = Rng::new(rng.below(1_000) as u64);
        run_on(&mut world, &mut rng, |world| {
            if kinds.once_in(40)
                && let Some(input) = world.nonsense(&mut kinds)
            {
                let mut broker = world.broker.clone();
                let at = world.now;
                let tick = Tick { at, input };
                assert_eq!(again(&mut broker, &tick), "[]", "{tick:?}");
                assert_eq!(state(&broker), state(&world.broker), "{tick:?}");
            }
        });
    });
}

#[test]
fn a_run_that_is_cut_at_any_tick_goes_on_to_the_same_end() {
    for_each_seed(GRAPHS, "lives", |seed| {
        let mut rng = Rng::new(seed);
        let (play, expected) = play(&mut rng, seed, 2..7);
        let mut whole = World::begin(&play, seed, false);
        let mut cut_off = Vec::new();
        let mut orders = Rng::new(seed);
        run_on(&mut whole, &mut rng, |world| {
            let mut rest = world.cut();
            run_on(&mut rest, &mut orders, |_| ());
            cut_off.push(outcome(&rest.account));
        });
        assert_eq!(
            whole.account.result.map(|token| token.value),
            Some(expected)
        );
        let whole = outcome(&whole.account);
        for (tick, rest) in cut_off.iter().enumerate() {
            assert_eq!(rest, &whole, "cut after tick {tick}");
        }
    });
}
