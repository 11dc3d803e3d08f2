//! The attempts that were not done at their first poll.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{Stream, stream::FuturesUnordered};

use crate::invocation::{Invocation, Outcome, Task};

/// One attempt, which is polled whenever the driver is: most runs that wait do so in one step at a time. Or a set of
/// them, each with a waker of its own.
pub(super) enum Pending<'run> {
    One {
        attempt: Option<Invocation<'run>>,
        /// Whether it has been polled since the driver was woken.
        is_polled: bool,
    },
    Many(FuturesUnordered<Invocation<'run>>),
}

impl<'run> Pending<'run> {
    pub(super) const fn new() -> Self {
        Self::One {
            attempt: None,
            is_polled: true,
        }
    }

    /// Adds an attempt that has been polled.
    pub(super) fn push(&mut self, next: Invocation<'run>) {
        match self {
            Self::One { attempt, is_polled } => match attempt.take() {
                None => {
                    *attempt = Some(next);
                    *is_polled = true;
                }
                Some(first) => *self = Self::Many([first, next].into_iter().collect()),
            },
            Self::Many(attempts) => attempts.push(next),
        }
    }

    /// Something has happened that the attempts may have waited for.
    pub(super) const fn rouse(&mut self) {
        if let Self::One { is_polled, .. } = self {
            *is_polled = false;
        }
    }

    /// The next attempt that is over. Pending where there is none, too.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<(Task, Outcome)> {
        match self {
            Self::One {
                attempt: Some(of),
                is_polled: is_polled @ false,
            } => {
                *is_polled = true;
                let over = Pin::new(of).poll(cx);
                if over.is_ready() {
                    *self = Self::new();
                }
                over
            }
            Self::One { .. } => Poll::Pending,
            Self::Many(attempts) => match Pin::new(attempts).poll_next(cx) {
                Poll::Ready(Some(over)) => Poll::Ready(over),
                Poll::Ready(None) | Poll::Pending => Poll::Pending,
            },
        }
    }
}
