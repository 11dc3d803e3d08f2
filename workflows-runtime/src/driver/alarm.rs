//! When the driver has to look at the clock.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::time::{Instant, Sleep};

/// Wakes the driver at the time that was set last.
#[derive(Default)]
pub(super) struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Sets the time; `None`: never.
    pub(super) fn set(&mut self, at: Option<Instant>) {
        match (&mut self.0, at) {
            (Some(sleep), Some(at)) if sleep.deadline() == at => {}
            (Some(sleep), Some(at)) => sleep.as_mut().reset(at),
            (alarm, at) => *alarm = at.map(|at| Box::pin(tokio::time::sleep_until(at))),
        }
    }

    /// Whether it rings; after that it is not set.
    pub(super) fn rings(&mut self, cx: &mut Context<'_>) -> bool {
        let rings = |sleep: &mut Pin<Box<Sleep>>| sleep.as_mut().poll(cx) == Poll::Ready(());
        let rang = self.0.as_mut().is_some_and(rings);
        if rang {
            self.0 = None;
        }
        rang
    }
}
