//! Joins: events that wait for the others of their step.

use std::collections::VecDeque;

use super::lineage::Lineage;
use crate::routes::{EventKey, StepRoutes};

/// What has arrived for one join in one place: a first-in first-out queue for every event type that it needs.
#[derive(Clone, Debug)]
pub(super) struct Join<P> {
    /// In the order of [`StepRoutes::needs`].
    pub(super) queues: Vec<VecDeque<P>>,
    /// What its events descend from.
    pub(super) lineage: Lineage,
    /// How many of the queues hold enough.
    satisfied: usize,
    len: usize,
}

impl<P> Join<P> {
    pub(super) fn new(routes: &StepRoutes) -> Self {
        Self {
            queues: routes.needs.iter().map(|_| VecDeque::new()).collect(),
            lineage: Lineage::NONE,
            satisfied: 0,
            len: 0,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn push(&mut self, routes: &StepRoutes, key: EventKey, payload: P) {
        let needs = routes.needs.iter().zip(&mut self.queues);
        for ((needed, count), queue) in needs {
            if *needed == key {
                queue.push_back(payload);
                self.len += 1;
                self.satisfied += usize::from(queue.len() == *count);
                return;
            }
        }
    }

    /// Takes one event for every slot, in declaration order, where there are enough.
    pub(super) fn take_complete(&mut self, routes: &StepRoutes) -> Option<Vec<P>> {
        if self.satisfied < routes.needs.len() {
            return None;
        }
        let inputs = routes.slots.iter().filter_map(|slot| {
            let queue = routes.needs.iter().position(|(key, _)| key == slot)?;
            self.queues[queue].pop_front()
        });
        let inputs: Vec<P> = inputs.collect();
        self.len -= inputs.len();
        let enough =
            |((_, count), queue): (&(EventKey, usize), &VecDeque<P>)| queue.len() >= *count;
        self.satisfied = routes
            .needs
            .iter()
            .zip(&self.queues)
            .map(enough)
            .filter(|enough| *enough)
            .count();
        Some(inputs)
    }

    /// The events that are there and those that are missing.
    pub(super) fn state(&self, routes: &StepRoutes) -> (Vec<EventKey>, Vec<EventKey>) {
        let (mut arrived, mut missing) = (Vec::new(), Vec::new());
        for ((key, count), queue) in routes.needs.iter().zip(&self.queues) {
            arrived.extend(queue.iter().map(|_| *key));
            missing.extend((queue.len()..*count).map(|_| *key));
        }
        (arrived, missing)
    }
}
