//! A run's place among the concurrent runs.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Whether the run has its place.
pub(super) enum Admission {
    Waiting(Pin<Box<dyn Future<Output = Option<OwnedSemaphorePermit>> + Send>>),
    /// The permit is given back when the run ends.
    Admitted {
        _permit: Option<OwnedSemaphorePermit>,
    },
}

impl Admission {
    pub(super) fn to(places: Option<&Arc<Semaphore>>) -> Self {
        match places {
            Some(places) => {
                let places = Arc::clone(places);
                Self::Waiting(Box::pin(async { places.acquire_owned().await.ok() }))
            }
            None => Self::Admitted { _permit: None },
        }
    }

    pub(super) fn is_granted(&mut self, cx: &mut Context<'_>) -> bool {
        if let Self::Waiting(place) = self {
            let Poll::Ready(permit) = place.as_mut().poll(cx) else {
                return false;
            };
            *self = Self::Admitted { _permit: permit };
        }
        true
    }
}
