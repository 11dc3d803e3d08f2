//! How large an event may be.

use workflows_core::{AnyEvent, BoxError, Outbox};

use crate::json;

/// An event has more bytes as JSON than the runner allows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event `{event}` has {bytes} bytes as JSON, and {limit} are allowed")]
#[non_exhaustive]
pub struct EventTooLarge {
    /// Its name.
    pub event: &'static str,
    /// How many it has.
    pub bytes: usize,
    /// How many it may have.
    pub limit: usize,
}

/// Checks an event.
pub(crate) fn check(event: &dyn AnyEvent, limit: usize) -> Result<(), BoxError> {
    let (json, event) = (json::of(|| event.to_json())?, event.info().name());
    let bytes = json.to_string().len();
    if bytes > limit {
        return Err(Box::new(EventTooLarge {
            event,
            bytes,
            limit,
        }));
    }
    Ok(())
}

/// Checks everything that a step emits.
pub(crate) fn check_all(outbox: &Outbox, limit: usize) -> Result<(), BoxError> {
    let mut events = outbox.emissions();
    events.try_for_each(|emission| check(&*emission.payload, limit))
}
