//! Everything that follows from the steps of a workflow, computed once by the compiler.

use crate::{
    event::{EventInfo, EventKind},
    graph::{
        StepSpec,
        flow::{Flow, finishing},
        mentions::{MAX_EVENTS, MAX_STEPS, Mentions},
        ports::{Ports, ROOT},
        set::Set,
    },
};

/// What follows from the steps of a workflow: who emits and takes what, from where, and to which end.
pub struct Report {
    pub(super) steps: &'static [StepSpec],
    /// Whether the checks say nothing.
    pub(super) is_silent: bool,
    pub(super) mentions: Mentions,
    pub(super) produced: Set<MAX_EVENTS>,
    pub(super) consumed: Set<MAX_EVENTS>,
    pub(super) flow: Flow,
    pub(super) finishes: Set<MAX_STEPS>,
}

impl Report {
    /// Analyses the steps.
    ///
    /// # Panics
    /// Where there are more than 512 steps, 4096 places that name an event, 2048 event types or 255 element types of
    /// fan-outs.
    #[must_use]
    pub const fn of(steps: &'static [StepSpec]) -> Self {
        Self::silent_unless(true, steps)
    }

    /// Analyses steps of which something is not what it should be, unless `readable`: that has an error of its own,
    /// and the checks say nothing about the graph.
    ///
    /// # Panics
    /// As [`of`](Self::of).
    #[must_use]
    pub const fn silent_unless(readable: bool, steps: &'static [StepSpec]) -> Self {
        let mentions = Mentions::of(steps);
        let mut produced = Set::EMPTY;
        let mut consumed = Set::EMPTY;
        let mut i = 0;
        while i < mentions.len {
            let mention = mentions.get(i);
            if mention.role.is_use() {
                consumed.add(mention.event);
            } else {
                produced.add(mention.event);
            }
            i += 1;
        }
        let flow = Flow::of(steps, &mentions, &produced);
        let finishes = finishing(&mentions, &consumed);
        Self {
            steps,
            is_silent: !readable,
            mentions,
            produced,
            consumed,
            flow,
            finishes,
        }
    }

    /// Whether the step is reached from `Start` or an event from outside.
    pub(super) const fn reaches(&self, step: usize) -> bool {
        !self.flow.steps.get(step).is_empty()
    }

    /// The places that the event can come from; empty for an event that the workflow does not have.
    pub(super) const fn places(&self, event: &EventInfo) -> Ports {
        match self.mentions.find(event) {
            Some(event) => self.flow.events.get(event),
            None => Ports::NONE,
        }
    }

    pub(super) const fn is_at_top_level(&self, event: &EventInfo) -> bool {
        self.places(event).has(ROOT)
    }

    pub(super) const fn is_only_at_top_level(&self, event: &EventInfo) -> bool {
        self.places(event).same(Ports::of(ROOT))
    }

    /// Whether some step names an event of this kind, as one that it takes or as one that it emits.
    pub(super) const fn has(&self, kind: EventKind, taken: bool) -> bool {
        let mut i = 0;
        while i < self.mentions.len {
            let mention = self.mentions.get(i);
            if self.mentions.kind(mention.event) as u8 == kind as u8
                && mention.role.is_take() == taken
            {
                return true;
            }
            i += 1;
        }
        false
    }
}

impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Report")
            .field("events", &self.mentions.events)
            .finish_non_exhaustive()
    }
}
