//! Labels: events that carry their origin through the broker.

use std::{any::Any, fmt, sync::Arc};

use workflows_core::{AnyEvent, Emission, EventInfo, Item, Outbox};

use super::origin::Origin;

/// An event with the invocation that emitted it. To the broker and to snapshots it is the event itself.
struct Labelled {
    event: Box<dyn AnyEvent>,
    origin: Arc<Origin>,
}

impl fmt::Debug for Labelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.event.fmt(f)
    }
}

impl AnyEvent for Labelled {
    fn info(&self) -> EventInfo {
        (*self.event).info()
    }

    fn to_json(&self) -> Result<serde_json::Value, serde_json::Error> {
        (*self.event).to_json()
    }

    fn boxed_clone(&self) -> Box<dyn AnyEvent> {
        Box::new(Self {
            event: self.event.clone(),
            origin: Arc::clone(&self.origin),
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send + Sync> {
        self
    }
}

/// Labels all events of an outbox.
pub(super) fn labelled(outbox: Outbox, origin: &Arc<Origin>) -> Outbox {
    let label = |Emission { event, payload }| -> Emission<Box<dyn AnyEvent>> {
        let labelled = Labelled {
            event: payload,
            origin: Arc::clone(origin),
        };
        Emission {
            event,
            payload: Box::new(labelled),
        }
    };
    let items = outbox.into_iter().map(|item| match item {
        Item::Event(emission) => Item::Event(label(emission)),
        Item::FanOut { elements, events } => Item::FanOut {
            elements,
            events: events.into_iter().map(label).collect(),
        },
        Item::Later { delay, emission } => Item::Later {
            delay,
            emission: label(emission),
        },
    });
    items.collect()
}

/// Stands in the box of an event for the moment in which its label is taken off.
#[derive(Clone, Debug)]
struct Nothing;

impl AnyEvent for Nothing {
    fn info(&self) -> EventInfo {
        unreachable!("nobody looks into the box meanwhile")
    }

    fn to_json(&self) -> Result<serde_json::Value, serde_json::Error> {
        Ok(serde_json::Value::Null)
    }

    fn boxed_clone(&self) -> Box<dyn AnyEvent> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send + Sync> {
        self
    }
}

/// Takes the label off, where there is one: none is on the input of the run, on what comes from outside, and on what
/// was in flight when a snapshot was taken.
pub(super) fn unlabelled(event: &mut Box<dyn AnyEvent>) -> Option<Arc<Origin>> {
    // On the trait object, not on the box: the box is no event.
    if !(**event).as_any().is::<Labelled>() {
        return None;
    }
    let boxed = std::mem::replace(event, Box::new(Nothing));
    let label = boxed.into_any().downcast::<Labelled>();
    let Labelled { event: own, origin } = *label.expect("the type was compared above");
    *event = own;
    Some(origin)
}
