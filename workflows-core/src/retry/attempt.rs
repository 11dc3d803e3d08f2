//! Failed attempts: what a policy decides on.

use std::{error::Error, fmt, io, iter, sync::Arc, time::Duration};

use crate::tick::Failure;

/// An attempt that failed: all that [`Retry`](crate::Retry) decides on.
#[derive(Clone, Copy, Debug)]
pub struct FailedAttempt<'a> {
    /// How many attempts there have been, this one included.
    pub attempts: u32,
    /// From the beginning of the first attempt to this failure, the delays between them included.
    pub elapsed: Duration,
    /// Why it failed.
    pub failure: &'a Failure,
    /// Where jitter comes from: a number that differs from invocation to invocation and stays the same on replay.
    pub seed: u64,
}

impl<'a> FailedAttempt<'a> {
    /// The error that the step returned; for a panic, its message.
    #[must_use]
    pub fn error(&self) -> &'a (dyn Error + 'static) {
        &**self.failure.source()
    }

    /// The error and its causes, outermost first. What an [`io::Error`] wraps is one of them, though `source` leaves
    /// it out.
    pub fn errors(&self) -> impl Iterator<Item = &'a (dyn Error + 'static)> + use<'a> {
        iter::successors(Some(self.error()), |error| cause(*error))
    }

    /// The outermost error of type `E` among the error and its causes, also behind an `Arc` or a `Box`.
    #[must_use]
    pub fn find<E: Error + 'static>(&self) -> Option<&'a E> {
        self.all::<E>().next()
    }

    pub(super) fn all<E: Error + 'static>(&self) -> impl Iterator<Item = &'a E> + use<'a, E> {
        self.errors().filter_map(of_type::<E>)
    }
}

/// What `error` comes from. `source` of a transparent wrapper steps over what it holds; this does not.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        error.get_ref().map(|inner| inner as _)
    } else if let Some(shared) = error.downcast_ref::<Arc<dyn Error + Send + Sync>>() {
        Some(&**shared)
    } else {
        error.source()
    }
}

fn of_type<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let shared = || error.downcast_ref::<Arc<E>>().map(|error| &**error);
    let boxed = || error.downcast_ref::<Box<E>>().map(|error| &**error);
    error.downcast_ref().or_else(shared).or_else(boxed)
}

/// Something that the author asks about a failed attempt.
#[derive(Clone)]
pub(super) struct Question<R>(Arc<dyn Fn(&FailedAttempt<'_>) -> R + Send + Sync>);

impl<R> Question<R> {
    pub(super) fn new(ask: impl Fn(&FailedAttempt<'_>) -> R + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    pub(super) fn ask(&self, failed: &FailedAttempt<'_>) -> R {
        (self.0)(failed)
    }
}

impl<R> fmt::Debug for Question<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("|failed| ..")
    }
}
