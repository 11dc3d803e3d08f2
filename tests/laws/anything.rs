//! Graphs without a plan whose steps do anything at any time. What a run means is not known here; what must be so after
//! every tick is checked on the broker's own snapshot, where every event has to be found.

mod census;
mod ledger;

use std::time::Duration;

use proptest::prelude::*;
use workflows::{Emission, Input, InvocationId, Item, Outbox, Wait, WaitKey};

use self::ledger::Ledger;
use crate::{
    events::{ANSWER, ORDINARY, STOP, info},
    laws::{Script, distinct, gives, steps},
    model::{Id, places::Collectors},
    plan::{Gives, Plan, Step, Takes, infos},
};

fn awaits() -> impl Strategy<Value = Vec<usize>> {
    let event = prop_oneof![3 => ORDINARY..ORDINARY + 6, 2 => Just(ANSWER)];
    prop_oneof![Just(Vec::new()), distinct(event)]
}

/// A handler for some of the first steps, or for all that no other handles.
fn handler() -> impl Strategy<Value = Step> {
    let of = prop::collection::btree_set(0..4_usize, 0..3);
    (of, 0..4_u32, gives(), 1..3_u32).prop_map(|(of, max_recoveries, gives, workers)| Step {
        takes: Takes::Failures {
            of: of.into_iter().collect(),
            max_recoveries,
        },
        gives,
        awaits: Vec::new(),
        workers,
    })
}

fn plan() -> impl Strategy<Value = Plan> {
    let waits = prop::collection::vec(awaits(), 9);
    let handler = prop::option::weighted(0.7, handler());
    (steps(4..9), waits, handler).prop_map(|(mut steps, waits, handler)| {
        for (step, awaits) in steps.iter_mut().zip(waits) {
            step.awaits = awaits;
        }
        steps.extend(handler);
        Plan { steps }
    })
}

fn seconds(script: &mut Script) -> Duration {
    Duration::from_secs(script.below(4) as u64)
}

fn item(ledger: &mut Ledger, by: InvocationId, event: usize, script: &mut Script) -> Item<Id> {
    let emission = ledger.emission(event, Some(by));
    match script.below(5) {
        4 => Item::Later {
            delay: seconds(script),
            emission,
        },
        _ => Item::Event(emission),
    }
}

fn outbox(ledger: &mut Ledger, by: InvocationId, script: &mut Script) -> Outbox<Id> {
    let step = ledger.running[&by].step;
    let mut outbox = Outbox::new();
    for gives in ledger.plan.steps[step].gives.clone() {
        match (gives, script.below(8)) {
            (_, 0) => {}
            (Gives::One(events), _) => match events[script.below(events.len())] {
                STOP if script.below(8) > 0 => {}
                event => outbox.push(item(ledger, by, event, script)),
            },
            (Gives::List(elements), len) => {
                let chosen = (0..len % 4).map(|_| elements[script.below(elements.len())]);
                let ordinary = chosen.filter(|event| *event != STOP);
                let events = ordinary.map(|event| ledger.emission(event, Some(by)));
                outbox.push(Item::FanOut {
                    events: events.collect(),
                    elements: infos(&elements),
                });
            }
        }
    }
    outbox
}

fn wait(ledger: &mut Ledger, invocation: InvocationId, script: &mut Script) {
    let key = WaitKey::from(["a", "b", "c"][script.below(3)].to_owned());
    let attempt = &ledger.running[&invocation];
    if attempt.open.contains(&key) {
        return;
    }
    let awaits = ledger.plan.steps[attempt.step].awaits.clone();
    let sent = match script.below(3) {
        // Before a wait that an earlier attempt has made it would be dropped.
        2 if !ledger.has_waited(invocation, &key) => outbox(ledger, invocation, script),
        _ => Outbox::new(),
    };
    let has_end = awaits.is_empty() || script.below(2) == 0;
    let wait = Wait {
        key: key.clone(),
        events: infos(&awaits),
        choosy: script.below(2) == 1,
        sent,
        announcement: None,
        timeout: has_end.then(|| seconds(script)),
    };
    ledger.wait(invocation, wait);
}

/// An invocation does something.
fn act(ledger: &mut Ledger, invocation: InvocationId, script: &mut Script) {
    let attempt = ledger.running[&invocation].clone();
    if let Some(key) = attempt.open.first().cloned() {
        return match script.below(4) {
            0 => ledger.give_up_wait(invocation, key),
            1 => wait(ledger, invocation, script),
            _ => {}
        };
    }
    match script.below(12) {
        5 => {
            let outbox = outbox(ledger, invocation, script);
            ledger.emit(invocation, outbox);
        }
        6..9 => wait(ledger, invocation, script),
        9 => ledger.fail(invocation, Some(seconds(script))),
        10 if ledger.plan.handler_of(attempt.step).is_some() => ledger.fail(invocation, None),
        11 => ledger.tick(Input::Recorded {
            invocation,
            key: "key".to_owned(),
            value: true.into(),
        }),
        _ => {
            let outbox = outbox(ledger, invocation, script);
            ledger.commit(invocation, outbox);
        }
    }
}

/// Something from outside, or that makes no sense.
fn disturb(ledger: &mut Ledger, kind: usize) {
    let dead = ledger.dead.last().copied();
    match (kind, dead) {
        (1, _) => ledger.tick(Input::Paused),
        (2 | 3, _) => ledger.tick(Input::Resumed),
        (4 | 5, _) => {
            let answer = ledger.emission(ANSWER, None);
            ledger.tick(Input::Sent(answer));
        }
        (6 | 7, _) => ring(ledger),
        (8, _) => ledger.cut(),
        (9, Some(invocation)) => {
            let event = info(ORDINARY).id();
            let payload = Id::MAX;
            let outbox = Outbox::from_iter([Item::Event(Emission { event, payload })]);
            ledger.tick(Input::Committed { invocation, outbox });
        }
        _ => {}
    }
}

fn ring(ledger: &mut Ledger) {
    if let Some(due) = ledger.broker.next_due() {
        ledger.now = ledger.now.max(due);
        ledger.tick(Input::Due);
    }
}

/// Lets something happen; `false` where nothing can happen any more.
fn go_on(ledger: &mut Ledger, script: &mut Script) -> bool {
    if let Some(offer) = ledger.offers.pop_front() {
        let takes = script.below(2) == 0;
        ledger.tick(Input::Judged { offer, takes });
        return true;
    }
    let running: Vec<_> = ledger.running.keys().copied().collect();
    if !running.is_empty() {
        act(ledger, running[script.below(running.len())], script);
    } else if ledger.broker.is_paused() {
        ledger.tick(Input::Resumed);
    } else if ledger.broker.next_due().is_some() {
        ring(ledger);
    } else if script.is_over() {
        return false;
    }
    if !ledger.broker.is_ended() {
        disturb(ledger, script.below(40));
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_steps_do_no_event_is_lost_and_no_worker_and_every_fan_out_closes_once(
        plan in plan(),
        script in prop::collection::vec(any::<u32>(), 0..400),
    ) {
        prop_assume!(Collectors::of(&plan).joins_meet(&plan));
        let mut script = Script(script.into_iter());
        let mut ledger = Ledger::begin(plan);
        while !ledger.broker.is_ended() && go_on(&mut ledger, &mut script) {
            prop_assert!(ledger.ticks < 5_000, "the run does not come to an end");
        }
        let takes_answers = ledger.plan.takers(ANSWER).next().is_some();
        prop_assert!(ledger.broker.is_ended() || takes_answers, "the run hangs");
    }
}
