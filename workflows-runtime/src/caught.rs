//! What a `#[catch_error]` step takes.

use workflows_core::{AnyEvent, Caught, Event, Routes, StepInput};

use crate::error::StepError;

/// A step that failed for good, as a `#[catch_error]` step takes it: the error and what the step ran on.
#[derive(Clone, Debug)]
pub struct StepFailed {
    error: StepError,
    events: Vec<Box<dyn AnyEvent>>,
}

impl StepFailed {
    pub(crate) fn new(caught: Caught, routes: &Routes) -> Self {
        let Caught {
            step,
            event,
            input,
            attempts,
            elapsed,
            failure,
        } = caught;
        let events = match input {
            StepInput::One(event) => vec![event],
            StepInput::All(events) | StepInput::Collected(events) => events,
            // A handler's own failure is not handled.
            StepInput::Caught(_) => Vec::new(),
        };
        let (step, event) = (routes.step(step).name, routes.event(event).name());
        Self {
            error: StepError::new(step, event, attempts, elapsed, failure),
            events,
        }
    }

    /// The error: which step, how often it was tried, and why it failed.
    #[must_use]
    pub const fn error(&self) -> &StepError {
        &self.error
    }

    /// The error, to fail with it after all.
    #[must_use]
    pub fn into_error(self) -> StepError {
        self.error
    }

    /// The first event that the step ran on that is an `E`.
    #[must_use]
    pub fn event<E: Event>(&self) -> Option<&E> {
        self.events().next()
    }

    /// All events that the step ran on that are an `E`: several for a join or a collection.
    pub fn events<E: Event>(&self) -> impl Iterator<Item = &E> {
        let events = self.events.iter();
        events.filter_map(|event| (**event).as_any().downcast_ref())
    }
}
