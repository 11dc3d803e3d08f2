//! The graph in the form that the broker reads: dense numbers and, for every event, the steps that take it.

use crate::{
    event::{EventId, EventInfo, EventKind},
    graph::{Graph, StepSpec, Trigger, handles},
};

/// Number of a step: its place in [`Graph::steps`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId(pub(crate) u16);

impl StepId {
    /// The place in [`Graph::steps`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Number of an event type within one workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey(pub(crate) u16);

/// What happens to an event that arrives at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    /// The step runs on it.
    Each,
    /// It fills a slot of the step's join.
    Slot,
    /// It waits for the end of its fan-out.
    Collect,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) step: StepId,
    pub(crate) port: Port,
}

/// A `Vec` in the return type of a step, and the steps that collect what comes of it.
#[derive(Clone, Debug)]
struct FanOutSite {
    elements: Vec<EventId>,
    collectors: Vec<StepId>,
}

#[derive(Clone, Debug)]
pub(crate) struct StepRoutes {
    pub(crate) workers: u32,
    /// The slots of a join, in declaration order; empty for other steps.
    pub(crate) slots: Vec<EventKey>,
    /// The distinct events of the slots, and how many slots each of them fills.
    pub(crate) needs: Vec<(EventKey, usize)>,
    /// For a collecting step: the number of arrivals that is enough.
    pub(crate) take: Option<u32>,
    /// The step that is run when this one has failed for good, and how often in one lineage.
    pub(crate) handler: Option<(StepId, u32)>,
    /// Whether the input is kept while the step runs, to run it again or to hand it to the handler.
    pub(crate) keeps_input: bool,
    fan_outs: Vec<FanOutSite>,
}

/// The routing table of one workflow. Made once per [`Graph`] and shared by all its runs.
#[derive(Clone, Debug)]
pub struct Routes {
    graph: Graph,
    /// Sorted by id; the place is the [`EventKey`].
    events: Vec<EventInfo>,
    /// By [`EventKey`].
    takers: Vec<Vec<Route>>,
    /// By [`EventKey`]: whether some step waits for it in the middle of its work.
    awaited: Vec<bool>,
    /// By [`StepId`].
    steps: Vec<StepRoutes>,
    takes_from_outside: bool,
}

impl Routes {
    /// The table of a graph.
    #[must_use]
    pub fn new(graph: Graph) -> Self {
        let mut events = graph.events();
        events.sort_by_key(|event| event.id);
        let mut routes = Self {
            graph,
            takers: vec![Vec::new(); events.len()],
            awaited: vec![false; events.len()],
            events,
            steps: Vec::new(),
            takes_from_outside: false,
        };
        for (index, step) in graph.steps().iter().enumerate() {
            routes.add_takers(step_id(index), &step.trigger);
            routes.add_awaited(step);
            routes.steps.push(routes.step_routes(index, step));
        }
        routes.takes_from_outside = routes
            .events
            .iter()
            .zip(&routes.takers)
            .any(|(event, takers)| event.kind == EventKind::HumanResponse && !takers.is_empty());
        routes
    }

    /// The graph that the table was made of.
    #[must_use]
    pub const fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The workflow's number for an event type; `None` for one that it does not have.
    #[must_use]
    #[inline]
    pub fn key(&self, event: EventId) -> Option<EventKey> {
        let place = self
            .events
            .binary_search_by_key(&event, |event| event.id)
            .ok()?;
        Some(event_key(place))
    }

    /// The facts of an event type.
    #[must_use]
    #[inline]
    pub fn event(&self, key: EventKey) -> &EventInfo {
        &self.events[key.0 as usize]
    }

    /// The specification of a step.
    #[must_use]
    pub fn step(&self, step: StepId) -> &'static StepSpec {
        &self.graph.steps()[step.index()]
    }

    /// How many steps there are.
    #[must_use]
    pub fn step_count(&self) -> usize {
        self.steps.len()
    }

    /// The workflow's event of this name on the wire; `None` where it has none.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<EventKey> {
        let place = self.events.iter().position(|event| event.name == name)?;
        Some(event_key(place))
    }

    /// The step of this name; `None` where there is none.
    #[must_use]
    pub fn step_named(&self, name: &str) -> Option<StepId> {
        let steps = self.graph.steps().iter();
        steps
            .enumerate()
            .find(|(_, step)| step.name == name)
            .map(|(index, _)| step_id(index))
    }

    /// The steps, in declaration order.
    pub(crate) fn step_ids(&self) -> impl Iterator<Item = StepId> + use<> {
        (0..self.steps.len()).map(step_id)
    }

    /// Whether an event from outside can give an idle run new work.
    pub(crate) const fn takes_from_outside(&self) -> bool {
        self.takes_from_outside
    }

    /// Whether some step waits for the event in the middle of its work.
    #[inline]
    pub(crate) fn is_awaited(&self, key: EventKey) -> bool {
        self.awaited[key.0 as usize]
    }

    #[inline]
    pub(crate) fn takers(&self, key: EventKey) -> &[Route] {
        &self.takers[key.0 as usize]
    }

    #[inline]
    pub(crate) fn routes_of(&self, step: StepId) -> &StepRoutes {
        &self.steps[step.index()]
    }

    /// The steps that collect what comes of a fan-out of these elements.
    pub(crate) fn collectors(&self, producer: StepId, elements: &[EventInfo]) -> &[StepId] {
        let is_site = |site: &&FanOutSite| {
            site.elements
                .iter()
                .copied()
                .eq(elements.iter().map(|event| event.id))
        };
        self.routes_of(producer)
            .fan_outs
            .iter()
            .find(is_site)
            .map_or(&[], |site| &site.collectors)
    }

    fn add_takers(&mut self, step: StepId, trigger: &Trigger) {
        let port = match trigger {
            Trigger::Each(_) => Port::Each,
            Trigger::Join(_) => Port::Slot,
            Trigger::Collect { .. } => Port::Collect,
            // Only the broker itself runs a handler.
            Trigger::Failure { .. } => return,
        };
        trigger.for_each(&mut |event| {
            if let Some(key) = self.key(event.id) {
                let takers = &mut self.takers[key.0 as usize];
                if takers.last().is_none_or(|last| last.step != step) {
                    takers.push(Route { step, port });
                }
            }
        });
    }

    fn step_routes(&self, index: usize, step: &StepSpec) -> StepRoutes {
        let mut slots = Vec::new();
        if let Trigger::Join(_) = step.trigger {
            step.trigger
                .for_each(&mut |event| slots.extend(self.key(event.id)));
        }
        let mut needs: Vec<(EventKey, usize)> = Vec::new();
        for slot in &slots {
            match needs.iter_mut().find(|(key, _)| key == slot) {
                Some((_, count)) => *count += 1,
                None => needs.push((*slot, 1)),
            }
        }
        let take = match step.trigger {
            Trigger::Collect { take, .. } => take,
            Trigger::Each(_) | Trigger::Join(_) | Trigger::Failure { .. } => None,
        };
        let handler = self.handler_of(index);
        let mut fan_outs = Vec::new();
        step.emits
            .for_each_fan_out(&mut |elements| fan_outs.push(self.site(index, elements)));
        StepRoutes {
            workers: step.workers.max(1),
            slots,
            needs,
            take,
            keeps_input: handler.is_some() || step.retry.is_some() || !step.awaits.is_empty(),
            handler,
            fan_outs,
        }
    }

    fn add_awaited(&mut self, step: &StepSpec) {
        for event in step.awaited() {
            if let Some(key) = self.key(event.id) {
                self.awaited[key.0 as usize] = true;
            }
        }
    }

    fn handler_of(&self, step: usize) -> Option<(StepId, u32)> {
        let steps = self.graph.steps();
        let handler = (0..steps.len()).find(|handler| handles(steps, *handler, step))?;
        match steps[handler].trigger {
            Trigger::Failure { max_recoveries, .. } => Some((step_id(handler), max_recoveries)),
            Trigger::Each(_) | Trigger::Join(_) | Trigger::Collect { .. } => None,
        }
    }

    fn site(&self, producer: usize, elements: &[EventInfo]) -> FanOutSite {
        let bindings = self.graph.bindings().list().iter();
        let of_site = bindings.filter(|binding| {
            usize::from(binding.producer) == producer
                && elements.iter().any(|event| event.id == binding.element)
        });
        let mut collectors: Vec<_> = of_site.map(|binding| StepId(binding.collector)).collect();
        collectors.sort_unstable();
        collectors.dedup();
        FanOutSite {
            elements: elements.iter().map(|event| event.id).collect(),
            collectors,
        }
    }
}

fn event_key(place: usize) -> EventKey {
    EventKey(u16::try_from(place).expect("a graph has at most 2048 events"))
}

fn step_id(index: usize) -> StepId {
    StepId(u16::try_from(index).expect("a graph has at most 512 steps"))
}
