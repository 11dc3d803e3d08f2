//! Where a step stops between its resources and its body, to be carried elsewhere.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};

/// The place in a step's future between its resources, which are awaited, and its body, which may block.
#[derive(Clone, Default)]
pub(crate) struct Threshold {
    is_reached: Arc<AtomicBool>,
}

impl Threshold {
    /// Polls until the work stands at the threshold; gives its output where it has ended before.
    pub(crate) async fn reach<F: Future + ?Sized>(
        &self,
        mut work: Pin<&mut F>,
    ) -> Option<F::Output> {
        poll_fn(|cx| match work.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if self.is_reached.load(Ordering::Relaxed) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await
    }

    /// Stops once; the next poll goes on.
    pub(crate) async fn cross(self) {
        let mut stopped = false;
        poll_fn(|_| {
            self.is_reached.store(true, Ordering::Relaxed);
            if std::mem::replace(&mut stopped, true) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
}
