//! The budget: how many attempts there are, and until when.

use std::time::Duration;

use super::{Retry, attempt::FailedAttempt};

/// Where a policy ends.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    attempts: Option<u32>,
    elapsed: Option<Duration>,
    last_attempt_before: Option<Duration>,
    /// The number of attempts where none of the others is set; `None`: there is no end.
    otherwise: Option<u32>,
}

impl Budget {
    /// No end.
    const NONE: Self = Self {
        attempts: None,
        elapsed: None,
        last_attempt_before: None,
        otherwise: None,
    };

    /// `attempts` until the author sets a limit.
    pub(super) const fn unless_set(attempts: u32) -> Self {
        Self {
            otherwise: Some(attempts),
            ..Self::NONE
        }
    }

    /// Whether another attempt may begin after `delay`.
    pub(super) fn allows(&self, failed: &FailedAttempt<'_>, delay: Duration) -> bool {
        let begins = failed.elapsed.saturating_add(delay);
        self.attempts().is_none_or(|most| failed.attempts < most)
            && self.elapsed.is_none_or(|most| failed.elapsed < most)
            && self.last_attempt_before.is_none_or(|end| begins < end)
    }

    fn attempts(&self) -> Option<u32> {
        let timed = self.elapsed.is_some() || self.last_attempt_before.is_some();
        self.attempts.or(if timed { None } else { self.otherwise })
    }

    /// As if what made `other` had been said after what made this one. `attempts` gives the attempts where no limit is
    /// set, from those of both.
    pub(super) fn with(self, other: Self, attempts: impl FnOnce(u32, u32) -> u32) -> Self {
        let Some(of_other) = other.otherwise else {
            return other;
        };
        Self {
            attempts: other.attempts.or(self.attempts),
            elapsed: other.elapsed.or(self.elapsed),
            last_attempt_before: other.last_attempt_before.or(self.last_attempt_before),
            otherwise: self.otherwise.map(|own| attempts(own, of_other)),
        }
    }
}

/// Limits. With several of them, the first that is reached ends it. Without any there are 3 attempts, or as many as a
/// [`chain`](Self::chain) has delays for.
impl Retry {
    /// At most `attempts` attempts in all, the first one included; 0 counts as 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.budget.attempts = Some(attempts);
        self
    }

    /// Gives up at the first failure at which `limit` or more has passed since the first attempt began.
    ///
    /// The last attempt may begin later than `limit`, by the delay before it; see
    /// [`last_attempt_before`](Self::last_attempt_before).
    pub fn max_elapsed(mut self, limit: Duration) -> Self {
        self.budget.elapsed = Some(limit);
        self
    }

    /// Gives up instead of beginning an attempt at `limit` or later, counted from the beginning of the first: does not
    /// wait for what would come too late.
    pub fn last_attempt_before(mut self, limit: Duration) -> Self {
        self.budget.last_attempt_before = Some(limit);
        self
    }

    /// No limit: takes back every limit that has been set so far and the default one.
    pub fn forever(mut self) -> Self {
        self.budget = Budget::NONE;
        self
    }
}
