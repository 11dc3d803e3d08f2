//! Event types for graphs that are made up at run time: known by their number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use workflows::{Event, EventId, EventInfo, EventKind};

pub(crate) const START: usize = 0;
pub(crate) const STOP: usize = 1;
/// A question to the outside.
pub(crate) const QUESTION: usize = 2;
/// An answer from outside.
pub(crate) const ANSWER: usize = 3;
/// The first of the events that steps emit and take.
pub(crate) const ORDINARY: usize = 4;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Numbered<const N: usize>;

const fn kind(number: usize) -> EventKind {
    match number {
        START => EventKind::Start,
        STOP => EventKind::Stop,
        QUESTION => EventKind::InputRequired,
        ANSWER => EventKind::HumanResponse,
        _ => EventKind::Ordinary,
    }
}

impl<const N: usize> Event for Numbered<N> {
    const ID: EventId = EventId::of(NAMES[N]);
    const NAME: &'static str = NAMES[N];
    const KIND: EventKind = kind(N);
}

macro_rules! numbered {
    ($($number:literal)+) => {
        const NAMES: &[&str] = &[$(concat!("E", $number)),+];
        const INFOS: &[EventInfo] = &[$(EventInfo::of::<Numbered<$number>>()),+];
    };
}

numbered! {
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
    32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63
    64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79 80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95
}

/// How many there are.
pub(crate) const COUNT: usize = NAMES.len();

/// The facts of an event.
pub(crate) fn info(number: usize) -> EventInfo {
    INFOS[number]
}

/// The number of an event.
pub(crate) fn number(id: EventId) -> usize {
    let number = INFOS.iter().position(|info| info.id() == id);
    number.expect("only the events of this module are used")
}

/// The facts of an event, as a list.
pub(crate) fn infos_of(number: usize) -> &'static [EventInfo] {
    &INFOS[number..=number]
}

/// The name of an event.
pub(crate) fn name(number: usize) -> &'static str {
    NAMES[number]
}
