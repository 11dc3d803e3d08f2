//! A run that goes round and round: what its broker holds is the same after many turns as after a few.

use std::{collections::VecDeque, time::Duration};

use workflows::{
    Answer, Broker, Command, Emission, Failure, Input, InvocationId, Item, Outbox, Tick, Timestamp,
    Wait, WaitKey,
};

use crate::{
    events::{ANSWER, ORDINARY, START, info, infos_of},
    plan::{Gives, Plan, Step, Takes},
    trial::state,
};

const TURNS: usize = 100_000;
const SECOND: Duration = Duration::from_secs(1);

const TURN: usize = ORDINARY;
const PART: usize = ORDINARY + 1;
const LEFT: usize = ORDINARY + 2;
const RIGHT: usize = ORDINARY + 3;
const PAIR: usize = ORDINARY + 4;

/// A step that opens each turn with a list, two that work on its elements, and one that closes the turn.
fn plan() -> Plan {
    let step = |takes, gives, awaits| Step {
        takes,
        gives,
        awaits,
        workers: 1,
    };
    let one = |event| Gives::One(vec![event]);
    let (events, take) = (vec![PAIR], None);
    let opens = Takes::Each(vec![START, TURN]);
    let joins = Takes::Join(vec![LEFT, RIGHT]);
    let closes = Takes::Collect { events, take };
    Plan {
        steps: vec![
            step(opens, vec![Gives::List(vec![PART])], vec![ANSWER]),
            step(
                Takes::Each(vec![PART]),
                vec![one(LEFT), one(RIGHT)],
                Vec::new(),
            ),
            step(joins, vec![one(PAIR)], Vec::new()),
            step(closes, vec![one(TURN)], Vec::new()),
        ],
    }
}

fn emission(event: usize) -> Emission<()> {
    Emission {
        event: info(event).id(),
        payload: (),
    }
}

fn later(event: usize) -> Item<()> {
    Item::Later {
        delay: SECOND,
        emission: emission(event),
    }
}

fn event(event: usize) -> Item<()> {
    Item::Event(emission(event))
}

fn committed(invocation: InvocationId, items: impl IntoIterator<Item = Item<()>>) -> Input<()> {
    let outbox = items.into_iter().collect();
    Input::Committed { invocation, outbox }
}

fn waits(invocation: InvocationId, key: &str, timeout: u32, asks: bool) -> Input<()> {
    let wait = Wait {
        key: WaitKey::from(key.to_owned()),
        events: if asks { infos_of(ANSWER) } else { &[] },
        choosy: asks,
        sent: Outbox::new(),
        announcement: asks.then_some(()),
        timeout: Some(SECOND * timeout),
    };
    let wait = Box::new(wait);
    Input::Waits { invocation, wait }
}

struct Carousel {
    broker: Broker<()>,
    now: Timestamp,
    inputs: VecDeque<Input<()>>,
    turns: usize,
}

impl Carousel {
    fn turn(&mut self) {
        let turns = self.turns;
        while self.turns == turns {
            let input = self.inputs.pop_front().unwrap_or_else(|| {
                self.now = self.broker.next_due().expect("it sleeps where it rests");
                Input::Due
            });
            let mut commands = Vec::new();
            let at = self.now;
            self.broker.reduce(Tick { at, input }, &mut commands);
            commands
                .into_iter()
                .for_each(|command| self.carry_out(command));
        }
    }

    fn carry_out(&mut self, command: Command<()>) {
        match command {
            Command::Invoke {
                invocation,
                step,
                earlier,
                ..
            } => self.invoke(invocation, step.index(), earlier.is_some()),
            Command::Offer { offer, .. } => {
                let takes = true;
                self.inputs.push_front(Input::Judged { offer, takes });
            }
            Command::Answer {
                invocation,
                answer: Answer::TimedOut,
                ..
            } => self.inputs.push_back(Input::Failed {
                invocation,
                failure: Failure::error("not this time".into()),
                retry: Some(SECOND),
            }),
            Command::Answer {
                invocation,
                answer: Answer::Event(()),
                ..
            } => {
                let elements = infos_of(PART);
                let events = vec![emission(PART), emission(PART)];
                let list = Item::FanOut { elements, events };
                self.inputs.push_back(committed(invocation, [list]));
            }
            Command::Publish(()) => self.inputs.push_back(Input::Sent(emission(ANSWER))),
            Command::Unhandled { .. } => {}
            Command::Finish(ending) => panic!("it ended with {ending:?}"),
        }
    }

    fn invoke(&mut self, invocation: InvocationId, step: usize, again: bool) {
        match step {
            0 if again => {
                let dropped = WaitKey::from("dropped".to_owned());
                self.inputs.extend([
                    waits(invocation, "dropped", 90, false),
                    Input::WaitDropped {
                        invocation,
                        key: dropped,
                    },
                    waits(invocation, "asked", 60, true),
                ]);
            }
            0 => self.inputs.extend([
                Input::Recorded {
                    invocation,
                    key: "begun".to_owned(),
                    value: true.into(),
                },
                waits(invocation, "slept", 1, false),
            ]),
            1 => {
                let items = [event(LEFT), later(RIGHT)];
                self.inputs.push_back(committed(invocation, items));
            }
            2 => self.inputs.push_back(committed(invocation, [event(PAIR)])),
            _ => {
                self.turns += 1;
                self.inputs.push_back(committed(invocation, [later(TURN)]));
            }
        }
    }

    /// All that the broker holds, without its counters and times.
    fn held(&self) -> String {
        let mut state = state(&self.broker);
        state.retain(|letter| !letter.is_ascii_digit());
        state
    }
}

#[test]
fn a_broker_holds_the_same_after_many_turns_as_after_a_few() {
    let mut carousel = Carousel {
        broker: Broker::new(plan().routes()).keeping_inputs(),
        now: Timestamp::default(),
        inputs: VecDeque::from([Input::Started(emission(START))]),
        turns: 0,
    };
    (0..10).for_each(|_| carousel.turn());
    let few = carousel.held();
    (10..TURNS).for_each(|_| carousel.turn());
    assert_eq!(carousel.turns, TURNS);
    assert_eq!(carousel.held(), few);
}
