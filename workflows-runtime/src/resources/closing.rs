//! Resources that say good-bye: what `Runner::shutdown` does for them.

use std::{error::Error, fmt, future::Future, panic::AssertUnwindSafe, sync::Arc};

use futures_util::{FutureExt, future::BoxFuture};
use workflows_core::BoxError;

use super::{factory::Made, pool::Name};
use crate::invocation::panic_message;

/// The closing of a resource.
type Goodbye = BoxFuture<'static, Result<(), BoxError>>;

type Close<T> = Box<dyn FnOnce(Arc<T>) -> Goodbye + Send>;

/// Closes one resource.
pub(crate) type Closer = Box<dyn FnOnce() -> Goodbye + Send>;

/// A resource together with how it is closed: what a factory returns whose resource needs more than a drop at the end.
///
/// [`Runner::shutdown`](crate::Runner::shutdown) closes it. The parameter of the step is that of `T`: nothing else
/// changes.
pub struct Closing<T> {
    resource: T,
    close: Close<T>,
}

impl<T: Send + Sync + 'static> Closing<T> {
    /// The resource, and what closes it: an async closure that returns `()` or a `Result<(), _>`.
    pub fn new<F, R>(resource: T, close: impl FnOnce(Arc<T>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = R> + Send + 'static,
        R: Closed,
    {
        let close = |resource| -> Goodbye {
            let closed = close(resource);
            Box::pin(async move { closed.await.into_result() })
        };
        Self {
            resource,
            close: Box::new(close),
        }
    }

    pub(super) fn into_made(self) -> Made<T> {
        let Self { resource, close } = self;
        let resource = Arc::new(resource);
        let shared = Arc::clone(&resource);
        Made {
            resource,
            closer: Some(Box::new(move || close(shared))),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Closing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Closing").field(&self.resource).finish()
    }
}

/// What closing a resource gives.
#[diagnostic::on_unimplemented(
    message = "closing a resource gives `()` or a `Result<(), _>`, not `{Self}`",
    label = "closed with `{Self}`"
)]
pub trait Closed {
    /// Whether it went well.
    #[doc(hidden)]
    fn into_result(self) -> Result<(), BoxError>;
}

impl Closed for () {
    fn into_result(self) -> Result<(), BoxError> {
        Ok(())
    }
}

impl<E: Into<BoxError>> Closed for Result<(), E> {
    fn into_result(self) -> Result<(), BoxError> {
        self.map_err(Into::into)
    }
}

/// Resources that could not be closed. The others are.
#[derive(Debug)]
pub struct ShutdownError {
    /// The factories and their errors; never empty.
    pub(crate) failures: Vec<(Name, BoxError)>,
}

impl ShutdownError {
    /// The resources that could not be closed, and why not, in the order in which it was tried.
    pub fn failures(&self) -> impl Iterator<Item = (&str, &(dyn Error + Send + Sync + 'static))> {
        let failures = self.failures.iter();
        failures.map(|(resource, error)| (&**resource, &**error))
    }
}

impl fmt::Display for ShutdownError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (resource, error)) in self.failures.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(
                f,
                "{separator}resource `{resource}` could not be closed: {error}"
            )?;
        }
        Ok(())
    }
}

impl Error for ShutdownError {}

/// Closes one resource; a panic is an error.
pub(super) async fn close(closer: Closer) -> Result<(), BoxError> {
    let closing = async move { closer().await };
    let closed = AssertUnwindSafe(closing).catch_unwind().await;
    closed.unwrap_or_else(|panic| Err(format!("it panicked: {}", panic_message(&*panic)).into()))
}
