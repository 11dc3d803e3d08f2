//! What the reducer cases are written with: events, steps, and a run whose commands are lines of text.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    broker::Broker,
    command::{Command, Ending},
    event::{Event, EventId, EventInfo, EventKind},
    graph::{Allow, Bindings, Emits, ExecutionMode, Graph, Report, StepSpec, Trigger},
    output::{Emission, Item, Outbox},
    retry::Retry,
    routes::{Routes, StepId},
    tick::{
        self, Caught, Failure, Input, InvocationId, OfferId, StepInput, Tick, Timestamp, Wait,
        WaitKey,
    },
};

macro_rules! events {
    ($($name:ident: $kind:ident),+) => {$(
        #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
        pub(crate) struct $name;

        impl $name {
            pub(crate) const INFO: EventInfo = EventInfo::of::<Self>();
        }

        impl Event for $name {
            const ID: EventId = EventId::of(stringify!($name));
            const NAME: &'static str = stringify!($name);
            const KIND: EventKind = EventKind::$kind;
        }

        impl Taken for $name {
            const EACH: Trigger = Trigger::Each(&[Self::INFO]);
            const COLLECT: &'static [EventInfo] = &[Self::INFO];
        }
    )+};
}

/// An event as the input of a step.
pub(crate) trait Taken: Event {
    const EACH: Trigger;
    const COLLECT: &'static [EventInfo];
}

events! { Start: Start, Stop: Stop, A: Ordinary, B: Ordinary, C: Ordinary, Question: InputRequired, Answer: HumanResponse, Later: Ordinary, Joined: Ordinary }

const fn step(name: &'static str, trigger: Trigger) -> StepSpec {
    StepSpec {
        ordinal: 0,
        name,
        doc: "",
        trigger,
        emits: Emits::Nothing,
        awaits: &[],
        resources: &[],
        workers: 4,
        mode: ExecutionMode::Inline,
        retry: None,
        timeout: None,
        allow: Allow {
            unreachable: false,
            dead_end: false,
            unconsumed: false,
            unproduced: false,
        },
    }
}

/// A step that runs on each `E`.
pub(crate) fn each<E: Taken>(name: &'static str) -> StepSpec {
    step(name, E::EACH)
}

/// A step that collects every `E`, or the first `take` of them.
pub(crate) fn collect<E: Taken>(name: &'static str, take: Option<u32>) -> StepSpec {
    let events = E::COLLECT;
    step(name, Trigger::Collect { events, take })
}

/// A step that handles the failures of these; of all, where there are none.
pub(crate) fn handler(
    name: &'static str,
    of: &'static [&'static str],
    max_recoveries: u32,
) -> StepSpec {
    step(name, Trigger::Failure { of, max_recoveries })
}

/// A step that joins.
pub(crate) fn join(name: &'static str, slots: &'static [&'static [EventInfo]]) -> StepSpec {
    step(name, Trigger::Join(slots))
}

impl StepSpec {
    pub(crate) fn emits(self, emits: Emits) -> Self {
        Self { emits, ..self }
    }

    pub(crate) fn workers(self, workers: u32) -> Self {
        Self { workers, ..self }
    }

    pub(crate) fn awaits(self, awaits: &'static [&'static [EventInfo]]) -> Self {
        Self { awaits, ..self }
    }

    /// With a policy; what it says is in the ticks.
    pub(crate) fn retried(self) -> Self {
        let retry: Option<fn() -> Retry> = Some(Retry::immediately);
        Self { retry, ..self }
    }
}

pub(crate) fn emit<E: Event>(payload: u32) -> Emission<u32> {
    Emission {
        event: E::ID,
        payload,
    }
}

/// A single event in an outbox.
pub(crate) fn event<E: Event>(payload: u32) -> Item<u32> {
    Item::Event(emit::<E>(payload))
}

/// A fan-out in an outbox.
pub(crate) fn list(
    elements: &'static [EventInfo],
    events: impl IntoIterator<Item = Emission<u32>>,
) -> Item<u32> {
    Item::FanOut {
        elements,
        events: events.into_iter().collect(),
    }
}

/// A wait for an `E`.
pub(crate) fn wait<E: Taken>(key: &str) -> Wait<u32> {
    Wait {
        key: WaitKey::from(key.to_owned()),
        events: E::COLLECT,
        choosy: false,
        sent: Outbox::new(),
        announcement: None,
        timeout: None,
    }
}

impl Wait<u32> {
    pub(crate) fn choosy(self) -> Self {
        let choosy = true;
        Self { choosy, ..self }
    }

    pub(crate) fn announcing(self, event: u32) -> Self {
        let announcement = Some(event);
        Self {
            announcement,
            ..self
        }
    }

    pub(crate) fn timeout(self, seconds: u64) -> Self {
        let timeout = Some(Duration::from_secs(seconds));
        Self { timeout, ..self }
    }
}

/// A run whose ticks are method calls and whose commands are lines of text.
pub(crate) struct Run {
    pub(crate) broker: Broker<u32>,
    /// When the next tick happens.
    pub(crate) now: Timestamp,
    ids: BTreeMap<u64, InvocationId>,
    /// The offers that were made, oldest first.
    pub(crate) offers: Vec<OfferId>,
}

impl Run {
    /// A run of these steps that has not begun.
    pub(crate) fn of(steps: impl IntoIterator<Item = StepSpec>) -> Self {
        let steps: Vec<_> = (0..)
            .zip(steps)
            .map(|(ordinal, step)| StepSpec { ordinal, ..step })
            .collect();
        let steps: &'static [StepSpec] = steps.leak();
        let report = Box::new(Report::of(steps));
        let bindings = Box::leak(Box::new(Bindings::of(steps, &report)));
        let routes = Routes::new(Graph::new("Case", "", 1, steps, bindings));
        Self {
            broker: Broker::new(Arc::new(routes)),
            now: Timestamp::default(),
            ids: BTreeMap::new(),
            offers: Vec::new(),
        }
    }

    pub(crate) fn graph(&self) -> &Graph {
        self.broker.routes.graph()
    }

    /// The invocation with this number, which may have ended.
    pub(crate) fn id(&self, serial: u64) -> InvocationId {
        self.ids[&serial]
    }

    pub(crate) fn start(&mut self, payload: u32) -> Vec<String> {
        self.tick(Input::Started(emit::<Start>(payload)))
    }

    pub(crate) fn send<E: Event>(&mut self, payload: u32) -> Vec<String> {
        self.tick(Input::Sent(emit::<E>(payload)))
    }

    pub(crate) fn commit(
        &mut self,
        serial: u64,
        items: impl IntoIterator<Item = Item<u32>>,
    ) -> Vec<String> {
        let (invocation, outbox) = (self.id(serial), items.into_iter().collect());
        self.tick(Input::Committed { invocation, outbox })
    }

    pub(crate) fn fail(&mut self, serial: u64, error: &str) -> Vec<String> {
        let (invocation, failure) = (self.id(serial), Failure::error(error.into()));
        let retry = None;
        self.tick(Input::Failed {
            invocation,
            failure,
            retry,
        })
    }

    /// A failure that is tried again after `delay` seconds.
    pub(crate) fn fail_for_now(&mut self, serial: u64, delay: u64) -> Vec<String> {
        self.tick(Input::Failed {
            invocation: self.id(serial),
            failure: Failure::error("for now".into()),
            retry: Some(Duration::from_secs(delay)),
        })
    }

    /// The invocation waits for what `wait` describes.
    pub(crate) fn wait(&mut self, serial: u64, wait: Wait<u32>) -> Vec<String> {
        self.tick(Input::Waits {
            invocation: self.id(serial),
            wait: Box::new(wait),
        })
    }

    pub(crate) fn give_up_wait(&mut self, serial: u64, key: &str) -> Vec<String> {
        let (invocation, key) = (self.id(serial), WaitKey::from(key.to_owned()));
        self.tick(Input::WaitDropped { invocation, key })
    }

    /// The step says whether it takes the event of the newest offer.
    pub(crate) fn judge(&mut self, takes: bool) -> Vec<String> {
        let offer = *self.offers.last().expect("an event was offered");
        self.tick(Input::Judged { offer, takes })
    }

    /// The time is `seconds` later, and the driver says so.
    pub(crate) fn pass(&mut self, seconds: u64) -> Vec<String> {
        self.now = self.now.plus(Duration::from_secs(seconds));
        self.tick(Input::Due)
    }

    pub(crate) fn tick(&mut self, input: Input<u32>) -> Vec<String> {
        let mut commands = Vec::new();
        let at = self.now;
        self.broker.reduce(Tick { at, input }, &mut commands);
        commands.iter().map(|command| self.line(command)).collect()
    }

    fn line(&mut self, command: &Command<u32>) -> String {
        match command {
            Command::Invoke {
                invocation,
                step,
                input,
                earlier,
            } => {
                self.ids.insert(invocation.serial, *invocation);
                let (name, input) = (self.name(*step), shown(input, &|step| self.name(step)));
                let again = earlier.as_ref().map_or(String::new(), |earlier| {
                    format!(" after {} failures", earlier.failures)
                });
                format!("{invocation} {name} <- {input}{again}")
            }
            Command::Offer {
                offer,
                invocation,
                key,
                event,
            } => {
                self.offers.push(*offer);
                format!("offer {event} to {invocation} {key}")
            }
            Command::Answer {
                invocation,
                key,
                answer: tick::Answer::Event(event),
            } => format!("answer {event} to {invocation} {key}"),
            Command::Answer {
                invocation,
                key,
                answer: tick::Answer::TimedOut,
            } => format!("{invocation} {key} timed out"),
            Command::Publish(payload) => format!("publish {payload}"),
            Command::Unhandled { event, kept: true } => format!("keep {event}"),
            Command::Unhandled { event, kept: false } => format!("{event} is of no use"),
            Command::Finish(ending) => self.ending(ending),
        }
    }

    fn ending(&self, ending: &Ending<u32>) -> String {
        match ending {
            Ending::Stopped(payload) => format!("stopped with {payload}"),
            Ending::Failed {
                step,
                event,
                elapsed,
                failure,
                ..
            } => {
                let event = self.broker.routes.event(*event).name();
                let (step, error) = (self.name(*step), failure.source());
                format!("{step} failed on `{event}` after {elapsed:?}: {error}")
            }
            Ending::Exceeded(limit) => format!("exceeded {limit}"),
            Ending::Stalled { joins, waits } => {
                let joins = joins
                    .iter()
                    .map(|join| format!("{} {join}", self.name(join.step)));
                let waits = waits
                    .iter()
                    .map(|wait| format!("{} waits for {:?}", self.name(wait.step), wait.events));
                let all: Vec<_> = joins.chain(waits).collect();
                format!("stalled [{}]", all.join("; "))
            }
            Ending::Cancelled { running } => {
                format!("cancelled while running [{}]", self.names(running))
            }
            Ending::TimedOut { running } => {
                format!("timed out while running [{}]", self.names(running))
            }
        }
    }

    fn name(&self, step: StepId) -> &'static str {
        self.broker.routes.step(step).name
    }

    fn names(&self, steps: &[StepId]) -> String {
        let names: Vec<_> = steps.iter().map(|step| self.name(*step)).collect();
        names.join(", ")
    }
}

fn shown(input: &StepInput<u32>, name: &dyn Fn(StepId) -> &'static str) -> String {
    let listed = |events: &[u32]| {
        let events: Vec<_> = events.iter().map(u32::to_string).collect();
        events.join(", ")
    };
    match input {
        StepInput::One(event) => event.to_string(),
        StepInput::All(events) => format!("({})", listed(events)),
        StepInput::Collected(events) => format!("[{}]", listed(events)),
        StepInput::Caught(caught) => {
            let Caught {
                step,
                input,
                attempts,
                elapsed,
                failure,
                ..
            } = &**caught;
            let (input, error) = (shown(input, name), failure.source());
            format!(
                "{} on {input}: {error} ({attempts} in {elapsed:?})",
                name(*step)
            )
        }
    }
}
