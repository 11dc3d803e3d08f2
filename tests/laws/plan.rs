//! A graph that is made up at run time.

use std::sync::Arc;

use workflows::{
    Allow, Emits, EventInfo, ExecutionMode, Graph, Routes, StepSpec, Trigger,
    graph::{Bindings, Report},
};

use crate::events::info;

/// What makes a step run; events are numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Takes {
    Each(Vec<usize>),
    Join(Vec<usize>),
    Collect {
        events: Vec<usize>,
        take: Option<u32>,
    },
    /// The failures of these steps; of all that no other handler names, where there are none.
    Failures {
        of: Vec<usize>,
        max_recoveries: u32,
    },
}

impl Takes {
    pub(crate) fn events(&self) -> &[usize] {
        match self {
            Self::Each(events) | Self::Join(events) | Self::Collect { events, .. } => events,
            Self::Failures { .. } => &[],
        }
    }
}

/// What a step can emit: all of these parts.
#[derive(Clone, Debug)]
pub(crate) enum Gives {
    One(Vec<usize>),
    List(Vec<usize>),
}

#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) takes: Takes,
    pub(crate) gives: Vec<Gives>,
    /// What it waits for in the middle of its work.
    pub(crate) awaits: Vec<usize>,
    pub(crate) workers: u32,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
}

impl Plan {
    /// The routing table. What it is made of lives as long as the program, as a real graph does.
    pub(crate) fn routes(&self) -> Arc<Routes> {
        let steps: Vec<_> = (0..).zip(&self.steps).map(spec).collect();
        let steps: &'static [StepSpec] = steps.leak();
        let bindings = Box::leak(Box::new(Bindings::of(steps, &Report::of(steps))));
        Arc::new(Routes::new(Graph::new("Plan", "", 1, steps, bindings)))
    }

    pub(crate) fn takers(&self, event: usize) -> impl Iterator<Item = (usize, &Takes)> {
        let steps = self.steps.iter().map(|step| &step.takes).enumerate();
        steps.filter(move |(_, takes)| takes.events().contains(&event))
    }

    /// The step that runs when this one has failed for good, and how often in a lineage.
    pub(crate) fn handler_of(&self, step: usize) -> Option<(usize, u32)> {
        let handlers = self.steps.iter().enumerate();
        let handlers = handlers.filter_map(|(handler, spec)| match &spec.takes {
            Takes::Failures { of, max_recoveries } => Some((handler, of, *max_recoveries)),
            Takes::Each(_) | Takes::Join(_) | Takes::Collect { .. } => None,
        });
        let handlers: Vec<_> = handlers.collect();
        if handlers.iter().any(|(handler, ..)| *handler == step) {
            return None;
        }
        let named = handlers.iter().find(|(_, of, _)| of.contains(&step));
        let general = || handlers.iter().find(|(_, of, _)| of.is_empty());
        let (handler, _, max_recoveries) = named.or_else(general)?;
        Some((*handler, *max_recoveries))
    }

    /// Whether any step waits for the event in the middle of its work.
    pub(crate) fn awaits(&self, event: usize) -> bool {
        self.steps.iter().any(|step| step.awaits.contains(&event))
    }

    /// Whether any step names the event.
    pub(crate) fn mentions(&self, event: usize) -> bool {
        self.takers(event).next().is_some()
            || self.steps.iter().flat_map(|step| &step.gives).any(|gives| {
                let (Gives::One(events) | Gives::List(events)) = gives;
                events.contains(&event)
            })
    }
}

pub(crate) fn infos(events: &[usize]) -> &'static [EventInfo] {
    events.iter().copied().map(info).collect::<Vec<_>>().leak()
}

/// The name of a step.
fn name(step: usize) -> &'static str {
    format!("step {step}").leak()
}

fn spec((ordinal, step): (u16, &Step)) -> StepSpec {
    StepSpec {
        ordinal,
        name: name(ordinal.into()),
        doc: "",
        trigger: trigger(&step.takes),
        emits: Emits::All(step.gives.iter().map(emits).collect::<Vec<_>>().leak()),
        awaits: vec![infos(&step.awaits)].leak(),
        resources: &[],
        workers: step.workers,
        mode: ExecutionMode::Inline,
        retry: None,
        timeout: None,
        allow: Allow::default(),
    }
}

fn trigger(takes: &Takes) -> Trigger {
    match takes {
        Takes::Each(events) => Trigger::Each(infos(events)),
        Takes::Join(slots) => {
            let slots: Vec<_> = slots.iter().map(|slot| infos(&[*slot])).collect();
            Trigger::Join(slots.leak())
        }
        Takes::Collect { events, take } => Trigger::Collect {
            events: infos(events),
            take: *take,
        },
        Takes::Failures { of, max_recoveries } => Trigger::Failure {
            of: of.iter().copied().map(name).collect::<Vec<_>>().leak(),
            max_recoveries: *max_recoveries,
        },
    }
}

fn emits(gives: &Gives) -> Emits {
    match gives {
        Gives::One(events) => Emits::One(infos(events)),
        Gives::List(events) => Emits::FanOut(infos(events)),
    }
}
