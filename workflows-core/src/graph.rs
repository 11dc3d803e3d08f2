//! The routing graph: a constant that the `#[workflow]` macro writes down and the compiler validates.
//!
//! The macro lists the steps as [`StepSpec`]s; everything that needs to know what a type *is* comes from the traits
//! ([`EventSet::MEMBERS`](crate::EventSet::MEMBERS), [`StepOutput::EMITS`](crate::StepOutput::EMITS)) and is
//! evaluated by the compiler. [`Report`] holds what follows from the steps; the functions in [`check`] turn it into
//! compile errors.

mod bindings;
pub mod check;
mod draw;
mod flow;
mod knot;
mod mentions;
mod message;
mod ports;
mod report;
mod set;

use std::time::Duration;

use crate::{
    event::{EventId, EventInfo},
    retry::Retry,
};

pub use bindings::Bindings;
pub(crate) use mentions::handles;
pub use report::Report;

/// The routing graph of a workflow.
#[derive(Clone, Copy)]
pub struct Graph {
    name: &'static str,
    doc: &'static str,
    version: u32,
    steps: &'static [StepSpec],
    bindings: &'static Bindings,
}

impl Graph {
    /// The graph of `steps`, whose fan-outs are collected as `bindings` says.
    #[must_use]
    pub const fn new(
        name: &'static str,
        doc: &'static str,
        version: u32,
        steps: &'static [StepSpec],
        bindings: &'static Bindings,
    ) -> Self {
        Self {
            name,
            doc,
            version,
            steps,
            bindings,
        }
    }

    /// The workflow's name: the type's, unless `#[workflow(name = "…")]` gives another.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The doc comment of the impl block, trimmed; empty where there is none.
    #[must_use]
    pub const fn doc(&self) -> &'static str {
        self.doc
    }

    /// The version given by `#[workflow(version = n)]`; 1 by default.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The steps, in declaration order.
    #[must_use]
    pub const fn steps(&self) -> &'static [StepSpec] {
        self.steps
    }

    /// Stands for the steps, the events and their schemas: the same text for the same graph, in every build.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("{:016x}", EventId::of(&self.to_json().to_string()).0)
    }

    pub(crate) const fn bindings(&self) -> &'static Bindings {
        self.bindings
    }

    /// Every event type of the workflow, once, in the order of its first mention.
    #[must_use]
    pub fn events(&self) -> Vec<EventInfo> {
        let mut events = Vec::new();
        for step in self.steps {
            step.trigger
                .for_each(&mut |event| remember(&mut events, event));
            step.emits
                .for_each(&mut |event, _| remember(&mut events, event));
            step.awaited()
                .for_each(|event| remember(&mut events, event));
        }
        events
    }
}

fn remember(events: &mut Vec<EventInfo>, event: EventInfo) {
    if !events.contains(&event) {
        events.push(event);
    }
}

impl std::fmt::Debug for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Graph")
            .field("name", &self.name)
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}

/// One step of the graph.
#[derive(Clone, Copy, Debug)]
pub struct StepSpec {
    /// The method's place in the impl block, counted over all steps, those that `#[cfg]` removes included.
    pub ordinal: u16,
    /// The method's name.
    pub name: &'static str,
    /// Its doc comment, trimmed; empty where there is none.
    pub doc: &'static str,
    /// What it takes.
    pub trigger: Trigger,
    /// What it returns and what its `Emitter`s declare.
    pub emits: Emits,
    /// What its `Waiter`s wait for, one set for each.
    pub awaits: &'static [&'static [EventInfo]],
    /// What it needs besides events, in the order of its parameters.
    pub resources: &'static [ResourceSpec],
    /// How many of its invocations run at once within a run.
    pub workers: u32,
    /// Where its invocations run.
    pub mode: ExecutionMode,
    /// Whether and when an attempt that failed is followed by another.
    pub retry: Option<fn() -> Retry>,
    /// How long an attempt may take, the time in which it waits for an answer or sleeps not counted.
    pub timeout: Option<Duration>,
    /// The checks that the author has switched off for it.
    pub allow: Allow,
}

impl StepSpec {
    /// The [`workers`](Self::workers) of a step that does not say how many it wants.
    pub const DEFAULT_WORKERS: u32 = 4;

    /// A step without options.
    #[must_use]
    pub const fn new(
        ordinal: u16,
        name: &'static str,
        doc: &'static str,
        trigger: Trigger,
        emits: Emits,
    ) -> Self {
        Self {
            ordinal,
            name,
            doc,
            trigger,
            emits,
            awaits: &[],
            resources: &[],
            workers: Self::DEFAULT_WORKERS,
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

    /// The events that the step waits for in the middle of its work.
    pub fn awaited(&self) -> impl Iterator<Item = EventInfo> + use<> {
        self.awaits.iter().copied().flatten().copied()
    }

    /// Whether the step handles failures of others.
    #[must_use]
    pub const fn is_handler(&self) -> bool {
        matches!(self.trigger, Trigger::Failure { .. })
    }
}

/// A resource of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceSpec {
    /// The factory as written, or the config file.
    pub name: &'static str,
    /// The type of the parameter as written.
    pub type_name: &'static str,
    /// Where it comes from.
    pub kind: ResourceKind,
    /// Whether the runner keeps one for all; else each invocation has its own.
    pub cached: bool,
}

/// Where a resource comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// A factory makes it.
    Factory,
    /// It is a part of a config file.
    Config {
        /// The dotted path to it; empty for the whole file.
        path: &'static str,
    },
}

/// What makes a step run.
#[derive(Clone, Copy, Debug)]
pub enum Trigger {
    /// Each of these events, by itself.
    Each(&'static [EventInfo]),
    /// One event for every slot.
    Join(&'static [&'static [EventInfo]]),
    /// The end of the fan-out that these events come from, or the arrival of the n-th of them.
    Collect {
        /// The events that are collected.
        events: &'static [EventInfo],
        /// The number of arrivals that is enough; `None`: all.
        take: Option<u32>,
    },
    /// The failure of a step for good.
    Failure {
        /// The names of the steps; empty: all that no other handler names.
        of: &'static [&'static str],
        /// How often in the lineage of an event.
        max_recoveries: u32,
    },
}

impl Trigger {
    /// Calls `each` with every event that the trigger names.
    pub fn for_each(&self, each: &mut dyn FnMut(EventInfo)) {
        match self {
            Self::Each(events) | Self::Collect { events, .. } => {
                events.iter().copied().for_each(each)
            }
            Self::Join(slots) => slots.iter().copied().flatten().copied().for_each(each),
            Self::Failure { .. } => {}
        }
    }
}

/// What a step can emit, as a tree over its return type.
#[derive(Clone, Copy, Debug)]
pub enum Emits {
    /// Nothing: the step observes.
    Nothing,
    /// One of these events at a time.
    One(&'static [EventInfo]),
    /// A fan-out of these events.
    FanOut(&'static [EventInfo]),
    /// All of these.
    All(&'static [Emits]),
}

impl Emits {
    /// Calls `each` with every event of the tree, and whether it is an element of a fan-out.
    pub fn for_each(&self, each: &mut dyn FnMut(EventInfo, bool)) {
        match self {
            Self::Nothing => {}
            Self::One(events) => events.iter().for_each(|event| each(*event, false)),
            Self::FanOut(events) => events.iter().for_each(|event| each(*event, true)),
            Self::All(parts) => parts.iter().for_each(|part| part.for_each(each)),
        }
    }
}

impl Emits {
    /// Calls `each` with the element types of every fan-out of the tree.
    pub(crate) fn for_each_fan_out(&self, each: &mut dyn FnMut(&'static [EventInfo])) {
        match self {
            Self::Nothing | Self::One(_) => {}
            Self::FanOut(events) => each(events),
            Self::All(parts) => parts.iter().for_each(|part| part.for_each_fan_out(each)),
        }
    }
}

/// Where the invocations of a step run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecutionMode {
    /// Inside the run's own task: no spawn, no channel.
    Inline,
    /// On the runtime's worker threads, for work that keeps a core busy.
    Spawn,
    /// On the blocking pool, for code that blocks its thread.
    Blocking,
}

/// Checks that an author has switched off with `allow(…)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allow {
    /// The step may be out of reach.
    pub unreachable: bool,
    /// No path needs to lead from the step to the end.
    pub dead_end: bool,
    /// The step may emit events that no step takes.
    pub unconsumed: bool,
    /// The step may take events that no step emits.
    pub unproduced: bool,
}
