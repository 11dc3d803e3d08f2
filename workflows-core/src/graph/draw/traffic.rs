//! Where each event comes from and where it goes.

use crate::{
    event::{EventInfo, EventKind},
    graph::{Graph, StepSpec, Trigger},
    routes::StepId,
};

/// A place that events come from or go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The caller, who gives the input of the run.
    Start,
    Step(StepId),
    /// The end of the run.
    Stop,
    /// A human or another system that is asked and answers.
    Outside,
}

/// An origin of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) place: Place,
    /// The event is an element of a fan-out.
    pub(super) fan_out: bool,
}

/// A destination of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) place: Place,
    /// The step takes the events of a whole fan-out at once.
    pub(super) collect: bool,
    /// How many slots of a join the event fills; 1 elsewhere.
    pub(super) slots: usize,
}

/// The ways of one event.
#[derive(Debug)]
pub(super) struct Traffic {
    pub(super) event: EventInfo,
    pub(super) sources: Vec<Source>,
    pub(super) targets: Vec<Target>,
}

impl Traffic {
    /// The ways of every event of `graph`, in the order of the events' first mention.
    pub(super) fn of(graph: &Graph) -> Vec<Self> {
        let events = graph.events().into_iter();
        events.map(|event| Self::of_event(graph, event)).collect()
    }

    fn of_event(graph: &Graph, event: EventInfo) -> Self {
        let mut sources: Vec<_> = origin(event.kind).into_iter().collect();
        let mut targets = Vec::new();
        for (step, id) in graph.steps().iter().zip(0..) {
            let place = Place::Step(StepId(id));
            push_sources(&mut sources, step, place, event);
            targets.extend(target(step, place, event));
        }
        targets.extend(destination(event.kind));
        Self {
            event,
            sources,
            targets,
        }
    }
}

/// Where events of a kind come from besides the steps that emit them.
fn origin(kind: EventKind) -> Option<Source> {
    let place = match kind {
        EventKind::Start => Place::Start,
        EventKind::HumanResponse => Place::Outside,
        EventKind::Ordinary | EventKind::Stop | EventKind::InputRequired => return None,
    };
    Some(Source {
        place,
        fan_out: false,
    })
}

/// Where events of a kind go besides the steps that take them.
fn destination(kind: EventKind) -> Option<Target> {
    let place = match kind {
        EventKind::Stop => Place::Stop,
        EventKind::InputRequired => Place::Outside,
        EventKind::Ordinary | EventKind::Start | EventKind::HumanResponse => return None,
    };
    Some(Target {
        place,
        collect: false,
        slots: 1,
    })
}

fn push_sources(sources: &mut Vec<Source>, step: &StepSpec, place: Place, event: EventInfo) {
    step.emits.for_each(&mut |emitted, fan_out| {
        let source = Source { place, fan_out };
        if emitted == event && !sources.contains(&source) {
            sources.push(source);
        }
    });
}

fn target(step: &StepSpec, place: Place, event: EventInfo) -> Option<Target> {
    let (slots, collect) = match step.trigger {
        Trigger::Each(events) => (usize::from(events.contains(&event)), false),
        Trigger::Collect { events, .. } => (usize::from(events.contains(&event)), true),
        Trigger::Join(slots) => {
            let filled = slots.iter().filter(|slot| slot.contains(&event));
            (filled.count(), false)
        }
        Trigger::Failure { .. } => (0, false),
    };
    let slots = slots.max(usize::from(step.awaited().any(|awaited| awaited == event)));
    (slots > 0).then_some(Target {
        place,
        collect,
        slots,
    })
}
