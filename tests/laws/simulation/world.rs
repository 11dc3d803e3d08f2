//! Does what the steps of a graph do.

use workflows::{Emission, Input, InvocationId, Item, StepInput};

use crate::{
    model::{Id, Work},
    plan::infos,
    simulation::block::{Body, Graph, Output},
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
        let outputs = body.outputs(step, &self.inputs(input));
        outputs
            .into_iter()
            .map(|output| self.item(output))
            .collect()
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

    fn item(&mut self, output: Output) -> Item<Id> {
        match output {
            Output::Event(event, value) => Item::Event(self.emission(event, value)),
            Output::List(elements, events) => Item::FanOut {
                elements: infos(&elements),
                events: events
                    .into_iter()
                    .map(|(event, value)| self.emission(event, value))
                    .collect(),
            },
        }
    }

    fn emission(&mut self, event: usize, value: u64) -> Emission<Id> {
        self.values.push(value);
        self.trial.event(event)
    }
}
