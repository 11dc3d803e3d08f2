//! Which steps collect what comes of which fan-out: the part of the analysis that runs need.

use crate::{
    event::EventId,
    graph::{StepSpec, Trigger, mentions::Role, report::Report},
};

/// The most pairs of an element of a fan-out and a step that collects what comes of it.
const MAX_BINDINGS: usize = 256;

/// What comes of an element of a fan-out is collected by a step.
#[derive(Clone, Copy)]
pub(crate) struct Binding {
    /// The place of the step that opens the fan-out.
    pub(crate) producer: u16,
    /// The element's type.
    pub(crate) element: EventId,
    /// The place of the step that collects.
    pub(crate) collector: u16,
}

/// The fan-outs of a workflow and the steps that collect what comes of them.
pub struct Bindings {
    list: [Binding; MAX_BINDINGS],
    len: usize,
}

impl Bindings {
    /// The bindings of `steps`, whose analysis is `report`.
    ///
    /// # Panics
    /// Where there are more than 256.
    #[must_use]
    pub const fn of(steps: &[StepSpec], report: &Report) -> Self {
        const NONE: Binding = Binding {
            producer: 0,
            element: EventId(0),
            collector: 0,
        };
        let mut bindings = Self {
            list: [NONE; MAX_BINDINGS],
            len: 0,
        };
        let mut i = 0;
        while i < report.mentions.len {
            if matches!(report.mentions.get(i).role, Role::FansOut) {
                bindings.add_collectors(steps, report, i);
            }
            i += 1;
        }
        bindings
    }

    /// Adds the steps that collect what comes of the element that this mention is.
    const fn add_collectors(&mut self, steps: &[StepSpec], report: &Report, mention: usize) {
        let element = report.mentions.get(mention);
        let mut collector = 0;
        while collector < steps.len() {
            if collects_from(report, &steps[collector].trigger, report.flow.port(mention)) {
                assert!(
                    self.len < MAX_BINDINGS,
                    "a workflow collects from at most 256 element types of fan-outs"
                );
                self.list[self.len] = Binding {
                    producer: element.step as u16,
                    element: report.mentions.id(element.event),
                    collector: collector as u16,
                };
                self.len += 1;
            }
            collector += 1;
        }
    }

    pub(crate) fn list(&self) -> &[Binding] {
        &self.list[..self.len]
    }
}

/// Whether one of the events that the trigger collects can come from this place.
const fn collects_from(report: &Report, trigger: &Trigger, port: usize) -> bool {
    let Trigger::Collect { events, .. } = trigger else {
        return false;
    };
    let mut i = 0;
    while i < events.len() {
        if report.places(&events[i]).has(port) {
            return true;
        }
        i += 1;
    }
    false
}

impl std::fmt::Debug for Bindings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bindings")
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}
