//! Which steps collect what comes of a list: those that take an event that can descend from one of its elements.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    events::info,
    plan::{Gives, Plan, Takes},
};

/// Where an event can be: at the top level, or in a list of this step below this element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Top,
    Below { step: usize, element: usize },
}

type Places = BTreeSet<Place>;

/// Where each event can be.
#[derive(Debug)]
pub(crate) struct Collectors(BTreeMap<usize, Places>);

impl Collectors {
    pub(crate) fn of(plan: &Plan) -> Self {
        let mut events = entries(plan);
        let mut steps = vec![Places::new(); plan.steps.len()];
        loop {
            let before = (events.clone(), steps.clone());
            for (step, spec) in plan.steps.iter().enumerate() {
                let places = match &spec.takes {
                    Takes::Failures { .. } => failed_at(plan, step, &steps),
                    takes => invoked_at(takes, &events, &steps),
                };
                steps[step].extend(places);
                for gives in &spec.gives {
                    emit(step, gives, &steps, &mut events);
                }
            }
            if before == (events.clone(), steps.clone()) {
                return Self(events);
            }
        }
    }

    /// Whether the inputs of every join can meet, as the compiler demands.
    pub(crate) fn joins_meet(&self, plan: &Plan) -> bool {
        plan.steps.iter().all(|step| match &step.takes {
            Takes::Join(slots) => {
                let mut places = slots.iter().filter_map(|slot| self.0.get(slot));
                let first = places.next().cloned().unwrap_or_default();
                let common = places.fold(first, |common, next| &common & next);
                !common.is_empty() || slots.iter().any(|slot| !self.0.contains_key(slot))
            }
            Takes::Each(_) | Takes::Collect { .. } | Takes::Failures { .. } => true,
        })
    }

    pub(crate) fn of_list<'a>(
        &'a self,
        plan: &'a Plan,
        step: usize,
        elements: &'a BTreeSet<usize>,
    ) -> impl Iterator<Item = usize> + 'a {
        let below = move |event: &usize| {
            self.0.get(event).is_some_and(|places| {
                elements
                    .iter()
                    .any(|&element| places.contains(&Place::Below { step, element }))
            })
        };
        let steps = plan.steps.iter().enumerate();
        let collects = move |takes: &Takes| match takes {
            Takes::Collect { events, .. } => events.iter().any(below),
            Takes::Each(_) | Takes::Join(_) | Takes::Failures { .. } => false,
        };
        steps
            .filter(move |(_, step)| collects(&step.takes))
            .map(|(step, _)| step)
    }
}

/// The events that come from outside, or from nowhere, are at the top level.
fn entries(plan: &Plan) -> BTreeMap<usize, Places> {
    let emitted: BTreeSet<usize> = plan
        .steps
        .iter()
        .flat_map(|step| &step.gives)
        .flat_map(|gives| match gives {
            Gives::One(events) | Gives::List(events) => events,
        })
        .copied()
        .collect();
    let taken = plan.steps.iter().flat_map(|step| step.takes.events());
    let is_entry =
        |event: &usize| info(*event).kind().enters_the_workflow() || !emitted.contains(event);
    let entries = taken.chain(&emitted).copied().filter(is_entry);
    entries
        .map(|event| (event, Places::from([Place::Top])))
        .collect()
}

fn invoked_at(takes: &Takes, events: &BTreeMap<usize, Places>, steps: &[Places]) -> Places {
    let of = |event: &usize| events.get(event).cloned().unwrap_or_default();
    let any: Places = takes.events().iter().flat_map(of).collect();
    match takes {
        Takes::Each(_) | Takes::Failures { .. } => any,
        Takes::Join(slots) => {
            let everywhere = |place: &Place| slots.iter().all(|slot| of(slot).contains(place));
            any.into_iter().filter(everywhere).collect()
        }
        Takes::Collect { .. } => any
            .into_iter()
            .flat_map(|place| around(place, steps))
            .collect(),
    }
}

fn failed_at(plan: &Plan, handler: usize, steps: &[Places]) -> Places {
    let handled = (0..steps.len()).filter(|step| {
        let by = plan.handler_of(*step);
        by.is_some_and(|(by, _)| by == handler)
    });
    handled.flat_map(|step| steps[step].clone()).collect()
}

fn around(place: Place, steps: &[Places]) -> Places {
    match place {
        Place::Top => Places::from([Place::Top]),
        Place::Below { step, .. } => steps[step].clone(),
    }
}

fn emit(step: usize, gives: &Gives, steps: &[Places], events: &mut BTreeMap<usize, Places>) {
    if steps[step].is_empty() {
        return;
    }
    match gives {
        Gives::One(members) => {
            for event in members {
                events.entry(*event).or_default().extend(&steps[step]);
            }
        }
        Gives::List(elements) => {
            for &element in elements {
                let places = events.entry(element).or_default();
                places.insert(Place::Below { step, element });
            }
        }
    }
}
