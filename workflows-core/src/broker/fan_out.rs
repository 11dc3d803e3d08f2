//! Fan-outs: work that was opened by one list and is closed when the last of it is done.

use super::place::Place;
use crate::routes::{EventKey, StepId};

/// What has arrived for a step that collects.
#[derive(Clone, Debug)]
pub(super) struct Collector<P> {
    pub(super) step: StepId,
    /// The events, with their branches; `None` once the step has got what it takes.
    pub(super) arrived: Option<Vec<(u32, P)>>,
}

#[derive(Clone, Debug)]
pub(super) struct FanOut<P> {
    /// Where the list was returned, and where its collectors run. What has arrived adds its lineage.
    pub(super) parent: Place,
    /// The event that the producing step ran on.
    pub(super) event: EventKey,
    /// How many pieces of work are directly inside.
    pub(super) open: usize,
    pub(super) collectors: Vec<Collector<P>>,
}

impl<P> FanOut<P> {
    pub(super) fn new(parent: Place, event: EventKey, collectors: &[StepId]) -> Self {
        let collectors = collectors.iter().map(|step| Collector {
            step: *step,
            arrived: Some(Vec::new()),
        });
        Self {
            parent,
            event,
            open: 0,
            collectors: collectors.collect(),
        }
    }

    /// Keeps an event for a collecting step; gives all of them where they are as many as it takes.
    pub(super) fn arrive(
        &mut self,
        step: StepId,
        branch: u32,
        payload: P,
        take: Option<u32>,
    ) -> Option<Vec<P>> {
        let collector = self
            .collectors
            .iter_mut()
            .find(|collector| collector.step == step)?;
        let arrived = collector.arrived.as_mut()?;
        arrived.push((branch, payload));
        let enough = take.is_some_and(|take| arrived.len() >= take as usize);
        if enough {
            collector.arrived.take().map(in_list_order)
        } else {
            None
        }
    }

    /// What is left for each collecting step, in list order.
    pub(super) fn into_collected(self) -> impl Iterator<Item = (StepId, Vec<P>)> {
        let rest = self.collectors.into_iter();
        rest.filter_map(|collector| Some((collector.step, in_list_order(collector.arrived?))))
    }
}

/// Sorts by branch; what one branch brought stays in the order of its arrival.
fn in_list_order<P>(mut arrived: Vec<(u32, P)>) -> Vec<P> {
    arrived.sort_by_key(|(branch, _)| *branch);
    arrived.into_iter().map(|(_, payload)| payload).collect()
}
