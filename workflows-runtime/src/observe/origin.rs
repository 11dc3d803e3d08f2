//! Where events come from.

use std::{collections::BTreeMap, error::Error, sync::Arc};

use tracing::Span;
use workflows_core::{AnyEvent, Failure, InvocationId, Item, Outbox, StepInput};

use super::{
    events::{Given, Taken},
    label::unlabelled,
};

/// The invocation that emitted an event. It keeps the invocation's span open until its last event is taken, since only
/// an open span can be linked to.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) invocation: u64,
    pub(super) span: Span,
}

impl Origin {
    pub(super) const fn new(id: InvocationId, span: Span) -> Self {
        Self {
            invocation: id.serial(),
            span,
        }
    }
}

/// What a step runs on, counted by event and origin.
#[derive(Default)]
pub(super) struct Takings {
    counts: BTreeMap<(Option<u64>, &'static str), u64>,
    /// In the order of their first mention.
    order: Vec<(Option<u64>, &'static str)>,
    pub(super) origins: BTreeMap<u64, Arc<Origin>>,
}

impl Takings {
    fn add(&mut self, event: &'static str, origin: Option<&Arc<Origin>>) {
        let key = (origin.map(|origin| origin.invocation), event);
        let count = self.counts.entry(key).or_insert_with(|| {
            self.order.push(key);
            0
        });
        *count += 1;
        if let Some(origin) = origin {
            let origins = self.origins.entry(origin.invocation);
            origins.or_insert_with(|| Arc::clone(origin));
        }
    }

    fn take_label(&mut self, event: &mut Box<dyn AnyEvent>) {
        let origin = unlabelled(event);
        self.add((**event).info().name(), origin.as_ref());
    }

    /// The names of the events, each once.
    pub(super) fn names(&self) -> String {
        let mut names: Vec<_> = self.order.iter().map(|(_, event)| *event).collect();
        names.dedup();
        names.join(", ")
    }

    pub(super) fn into_list(self) -> Vec<Taken> {
        let counts = &self.counts;
        let taken = |(from, event): &(Option<u64>, &'static str)| Taken {
            event: (*event).to_owned(),
            from: *from,
            count: counts.get(&(*from, *event)).copied().unwrap_or(0),
        };
        self.order.iter().map(taken).collect()
    }
}

/// Takes the labels off what a step runs on. A handler runs on the failure of the step that it `handles`.
pub(super) fn take_labels(input: &mut StepInput, handles: Option<&Arc<Origin>>) -> Takings {
    let mut takings = Takings::default();
    match input {
        StepInput::One(event) => takings.take_label(event),
        StepInput::All(events) | StepInput::Collected(events) => {
            events
                .iter_mut()
                .for_each(|event| takings.take_label(event));
        }
        StepInput::Caught(caught) => {
            take_labels(&mut caught.input, None);
            takings.add("StepFailed", handles);
        }
    }
    takings
}

/// What an attempt has emitted, counted by event.
#[derive(Debug, Default)]
pub(super) struct Givings(Vec<(&'static str, u64)>);

impl Givings {
    pub(super) fn count(&mut self, outbox: &mut Outbox) {
        let items = std::mem::take(outbox);
        *outbox = items
            .into_iter()
            .inspect(|item| self.count_item(item))
            .collect();
    }

    fn count_item(&mut self, item: &Item<Box<dyn AnyEvent>>) {
        match item {
            Item::Event(emission) | Item::Later { emission, .. } => self.add(&*emission.payload),
            Item::FanOut { events, .. } => {
                events
                    .iter()
                    .for_each(|emission| self.add(&*emission.payload));
            }
        }
    }

    fn add(&mut self, event: &dyn AnyEvent) {
        let event = event.info().name();
        match self.0.iter_mut().find(|(name, _)| *name == event) {
            Some((_, count)) => *count += 1,
            None => self.0.push((event, 1)),
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn into_list(self) -> Vec<Given> {
        let given = |(event, count): (&str, u64)| Given {
            event: event.to_owned(),
            count,
        };
        self.0.into_iter().map(given).collect()
    }
}

/// The invocations that have failed for good, until their handlers run. The failure itself, which the handler gets,
/// tells them apart.
#[derive(Default)]
pub(super) struct GivenUp(Vec<(Arc<dyn Error + Send + Sync>, Arc<Origin>)>);

impl GivenUp {
    pub(super) fn add(&mut self, failure: &Failure, origin: Arc<Origin>) {
        self.0.push((Arc::clone(failure.source()), origin));
    }

    pub(super) fn take(&mut self, failure: &Failure) -> Option<Arc<Origin>> {
        let is_it = |(error, _): &(Arc<dyn Error + Send + Sync>, _)| {
            std::ptr::addr_eq(Arc::as_ptr(error), Arc::as_ptr(failure.source()))
        };
        let place = self.0.iter().position(is_it)?;
        Some(self.0.swap_remove(place).1)
    }
}
