//! Does what the steps of a graph do.

use workflows::{Emission, Input, InvocationId, Item, StepInput};

use crate::{
    model::{Id, Work},
    plan::infos,
    simulation::block::{Body, Graph, choice, folded, goes_again, made, part, passes},
    trial::Trial,
};

pub(crate) struct World {
    pub(crate) trial: Trial,
    /// The value of each event.
    values: Vec<u64>,
    /// The invocations that have finished.
    pub(crate) finished: Vec<Work>,
}

impl World {
    pub(crate) fn begin(graph: &Graph, start: u64) -> Self {
        Self {
            trial: Trial::begin(&graph.plan),
            values: vec![start],
            finished: Vec::new(),
        }
    }

    pub(crate) fn value(&self, id: Id) -> u64 {
        self.values[id as usize]
    }

    /// Lets an invocation return what its body makes of its input.
    pub(crate) fn finish(&mut self, graph: &Graph, invocation: InvocationId, work: Work) {
        let items = self.items(&graph.bodies[work.step], work.step, &work.input);
        let outbox = items.into_iter().collect();
        self.trial.tick(Input::Committed { invocation, outbox });
        self.finished.push(work);
    }

    fn items(&mut self, body: &Body, step: usize, input: &StepInput<Id>) -> Vec<Item<Id>> {
        let values = self.inputs(input);
        let value = values.first().copied().unwrap_or_default();
        let one = made(step, value);
        match body {
            Body::Pass(to) => vec![self.item(*to, one)],
            Body::Choose(to) => vec![self.item(to[choice(step, value, to.len())], one)],
            Body::Filter(to) if passes(step, value) => vec![self.item(*to, one)],
            Body::Filter(_) | Body::Observe => vec![],
            Body::Gate { again, .. } if goes_again(step, value) => vec![self.item(*again, one)],
            Body::Gate { done, .. } => vec![self.item(*done, one)],
            Body::Both(left, right) => [*left, *right]
                .into_iter()
                .enumerate()
                .map(|(n, to)| self.item(to, part(step, value, n)))
                .collect(),
            Body::List(elements) => vec![self.list(elements, step, value)],
            Body::Fold(to) => vec![self.item(*to, folded(step, values))],
            Body::Sum(to) => {
                let sum = values.into_iter().fold(0, u64::wrapping_add);
                vec![self.item(*to, made(step, sum))]
            }
        }
    }

    fn inputs(&self, input: &StepInput<Id>) -> Vec<u64> {
        match input {
            StepInput::One(id) => vec![self.value(*id)],
            StepInput::All(ids) | StepInput::Collected(ids) => {
                ids.iter().map(|id| self.value(*id)).collect()
            }
            StepInput::Caught(caught) => self.inputs(&caught.input),
        }
    }

    fn list(&mut self, elements: &[usize], step: usize, value: u64) -> Item<Id> {
        let element = |n| {
            let value = part(step, value, n);
            self.emission(elements[choice(step, value, elements.len())], value)
        };
        Item::FanOut {
            events: (0..choice(step, value, 4)).map(element).collect(),
            elements: infos(elements),
        }
    }

    fn item(&mut self, event: usize, value: u64) -> Item<Id> {
        Item::Event(self.emission(event, value))
    }

    fn emission(&mut self, event: usize, value: u64) -> Emission<Id> {
        self.values.push(value);
        self.trial.event(event)
    }
}
