//! How long a run may be under way.

use std::{task::Context, time::Duration};

use workflows_core::Timestamp;

use super::alarm::Alarm;
use crate::context::Clock;

/// The time that a run is under way, and its timeout. It stands still while the run waits for its place, while it is
/// paused, and while it is a snapshot.
pub(super) struct Budget {
    timeout: Option<Duration>,
    /// How long the run was under way before it last stood still.
    spent: Duration,
    /// Since when it is under way.
    since: Option<Timestamp>,
    deadline: Alarm,
}

impl Budget {
    /// That of a run which has been under way for `spent`, and stands still.
    pub(super) fn new(timeout: Option<Duration>, spent: Duration) -> Self {
        Self {
            timeout,
            spent,
            since: None,
            deadline: Alarm::default(),
        }
    }

    pub(super) const fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// The run is under way from here on. It has to be asked once more whether it [`is_over`](Self::is_over).
    pub(super) fn go_on(&mut self, now: Timestamp, clock: &Clock) {
        if self.since.is_none() {
            self.since = Some(now);
            let left = self
                .timeout
                .map(|timeout| timeout.saturating_sub(self.spent));
            self.deadline
                .set(left.map(|left| clock.instant(now.plus(left))));
        }
    }

    /// The run stands still from here on.
    pub(super) fn stand_still(&mut self, now: Timestamp) {
        self.spent = self.spent(now);
        self.since = None;
        self.deadline.set(None);
    }

    /// How long the run has been under way.
    pub(super) fn spent(&self, now: Timestamp) -> Duration {
        let since = self.since.map(|since| now.since(since));
        self.spent.saturating_add(since.unwrap_or_default())
    }

    /// Whether the time is over now: said once.
    pub(super) fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        self.deadline.rings(cx)
    }
}
