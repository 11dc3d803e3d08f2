//! Where every event of a run is, counted in its snapshot.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::Id;

/// As much of a snapshot as there is to count.
#[derive(Debug, Deserialize)]
pub(crate) struct Census {
    invocations: Vec<Begun>,
    queued: Vec<Queued>,
    joins: Vec<Joining>,
    fan_outs: Vec<FanOut>,
    deliveries: Vec<Held>,
    kept: Vec<Held>,
}

#[derive(Debug, Deserialize)]
struct Event {
    data: Id,
}

#[derive(Debug, Deserialize)]
struct Held {
    event: Event,
}

#[derive(Debug, Deserialize)]
enum Input {
    One(Event),
    All(Vec<Event>),
    Collected(Vec<Event>),
    Caught(Box<Caught>),
}

#[derive(Debug, Deserialize)]
struct Caught {
    step: String,
    input: Input,
}

#[derive(Debug, Deserialize)]
struct Queued {
    step: String,
    input: Input,
}

#[derive(Debug, Deserialize)]
struct Begun {
    serial: u64,
    step: String,
    input: Input,
    waits: BTreeMap<String, Wait>,
}

#[derive(Debug, Deserialize)]
enum Wait {
    Open {},
    Closed,
    Answered(Event),
    TimedOut,
}

#[derive(Debug, Deserialize)]
struct Joining {
    step: String,
    arrived: Vec<Event>,
}

#[derive(Debug, Deserialize)]
struct FanOut {
    collectors: Vec<Collector>,
}

#[derive(Debug, Deserialize)]
struct Collector {
    step: String,
    arrived: Option<Vec<(u32, Event)>>,
}

/// Where an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// It was emitted for later.
    Later,
    /// It is kept for a wait.
    Kept,
    /// It ended a wait.
    Answer,
    /// A step runs on it, will do so or has done so.
    Taken(usize),
}

/// For each event, the places where it is.
pub(crate) type Places = BTreeMap<Id, Vec<Place>>;

/// The number in the name of a step.
fn number(step: &str) -> usize {
    let number = step.trim_start_matches("step ");
    number.parse().expect("names are `step ` and a number")
}

fn put<'e>(places: &mut Places, place: Place, events: impl IntoIterator<Item = &'e Event>) {
    for event in events {
        places.entry(event.data).or_default().push(place);
    }
}

impl Input {
    fn put(&self, places: &mut Places, step: &str) {
        let place = Place::Taken(number(step));
        match self {
            Self::One(event) => put(places, place, [event]),
            Self::All(events) | Self::Collected(events) => put(places, place, events),
            Self::Caught(caught) => caught.input.put(places, &caught.step),
        }
    }

    /// Whether it is what this step has collected, be it in the hands of the step itself or of its handler.
    fn collects(&self, name: &str, step: usize) -> bool {
        match self {
            Self::Collected(_) => number(name) == step,
            Self::Caught(caught) => caught.input.collects(&caught.step, step),
            Self::One(_) | Self::All(_) => false,
        }
    }
}

impl Begun {
    fn put(&self, places: &mut Places) {
        self.input.put(places, &self.step);
        let answers = self.waits.values().filter_map(|wait| match wait {
            Wait::Answered(event) => Some(event),
            Wait::Open {} | Wait::Closed | Wait::TimedOut => None,
        });
        put(places, Place::Answer, answers);
    }
}

impl Census {
    pub(crate) fn of(snapshot: &str) -> Self {
        serde_json::from_str(snapshot).expect("a snapshot has all of this")
    }

    pub(crate) fn places(&self) -> Places {
        let mut places = Places::new();
        for begun in &self.invocations {
            begun.put(&mut places);
        }
        for queued in &self.queued {
            queued.input.put(&mut places, &queued.step);
        }
        for join in &self.joins {
            put(&mut places, Place::Taken(number(&join.step)), &join.arrived);
        }
        for collector in self.fan_outs.iter().flat_map(|of| &of.collectors) {
            let arrived = collector.arrived.iter().flatten().map(|(_, event)| event);
            put(&mut places, Place::Taken(number(&collector.step)), arrived);
        }
        put(
            &mut places,
            Place::Later,
            self.deliveries.iter().map(|held| &held.event),
        );
        put(
            &mut places,
            Place::Kept,
            self.kept.iter().map(|held| &held.event),
        );
        places
    }

    /// What the invocation with this number has.
    pub(crate) fn places_of(&self, serial: u64) -> Places {
        let mut places = Places::new();
        let begun = self.invocations.iter().find(|begun| begun.serial == serial);
        if let Some(begun) = begun {
            begun.put(&mut places);
        }
        places
    }

    /// The step of each piece of work that waits for a place.
    pub(crate) fn queued(&self) -> impl Iterator<Item = usize> {
        self.queued.iter().map(|queued| number(&queued.step))
    }

    /// How many fan-outs have work for this step when they close.
    pub(crate) fn open_for(&self, step: usize) -> usize {
        let collectors = self.fan_outs.iter().flat_map(|of| &of.collectors);
        let open = collectors.filter(|of| of.arrived.is_some() && number(&of.step) == step);
        open.count()
    }

    /// How often this step is about to collect, or collects.
    pub(crate) fn collecting(&self, step: usize) -> usize {
        let inputs = self
            .queued
            .iter()
            .map(|queued| (&queued.step, &queued.input));
        let begun = self
            .invocations
            .iter()
            .map(|begun| (&begun.step, &begun.input));
        inputs
            .chain(begun)
            .filter(|(name, input)| input.collects(name, step))
            .count()
    }
}
