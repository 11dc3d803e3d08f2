//! Conditions: which failures are worth another attempt.

use std::error::Error;

use super::{
    Retry,
    attempt::{FailedAttempt, Question},
};

/// Which failures are worth another attempt: not those of `unless`; of the others all, or those of `when` where there
/// is one.
#[derive(Clone, Debug, Default)]
pub(super) struct Conditions {
    pub(super) when: Vec<Question<bool>>,
    pub(super) unless: Vec<Question<bool>>,
    pub(super) also_on_panic: bool,
}

impl Conditions {
    pub(super) fn allow(&self, failed: &FailedAttempt<'_>) -> bool {
        let any = |of: &[Question<bool>]| of.iter().any(|question| question.ask(failed));
        let wanted = if failed.failure.is_panic() {
            self.also_on_panic
        } else {
            self.when.is_empty() || any(&self.when)
        };
        wanted && !any(&self.unless)
    }

    /// As if all had been said of one policy.
    pub(super) fn with(mut self, other: Self) -> Self {
        self.when.extend(other.when);
        self.unless.extend(other.unless);
        self.also_on_panic |= other.also_on_panic;
        self
    }
}

/// Which failures are tried again: all but panics, unless said otherwise here.
///
/// With several `on` and `when…`, one that holds is enough; one `not_on` or `unless…` that holds is too much. To ask
/// for two things at once, use `&&` in one closure. A closure that panics means giving up.
///
/// Errors are looked for by type among the error and all its [causes](FailedAttempt::errors). One type cannot be seen
/// there: that of an error in an `anyhow::Error` without `.context(…)`, which `anyhow` hides when a step returns it.
impl Retry {
    /// Tries again after errors of type `E`.
    pub fn on<E: Error + 'static>(self) -> Self {
        self.when(|_: &E| true)
    }

    /// Gives up after errors of type `E`.
    pub fn not_on<E: Error + 'static>(self) -> Self {
        self.unless(|_: &E| true)
    }

    /// Tries again after errors of type `E` for which `condition` holds.
    pub fn when<E: Error + 'static>(
        self,
        condition: impl Fn(&E) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.when_attempt(move |failed| failed.all::<E>().any(&condition))
    }

    /// Gives up after errors of type `E` for which `condition` holds.
    pub fn unless<E: Error + 'static>(
        self,
        condition: impl Fn(&E) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.unless_attempt(move |failed| failed.all::<E>().any(&condition))
    }

    /// Tries again where `condition` holds for the message of the error or of one of its causes:
    /// `|message| message.contains("503")`, or a regular expression's `is_match`.
    pub fn when_message(self, condition: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.when_attempt(move |failed| some_message(failed, &condition))
    }

    /// Gives up where `condition` holds for the message of the error or of one of its causes.
    pub fn unless_message(self, condition: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.unless_attempt(move |failed| some_message(failed, &condition))
    }

    /// Tries again where `condition` holds for all that is known of the failed attempt.
    pub fn when_attempt(
        mut self,
        condition: impl Fn(&FailedAttempt<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.conditions.when.push(Question::new(condition));
        self
    }

    /// Gives up where `condition` holds for all that is known of the failed attempt. After
    /// [`forever`](Self::forever), this states any limit that can be thought of.
    pub fn unless_attempt(
        mut self,
        condition: impl Fn(&FailedAttempt<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.conditions.unless.push(Question::new(condition));
        self
    }

    /// Tries again after a panic as well, whatever `on` and `when…` say of errors; `unless…` see its message.
    ///
    /// By default a panic is final: it is a mistake in the step, which another attempt would make again.
    pub fn also_on_panic(mut self) -> Self {
        self.conditions.also_on_panic = true;
        self
    }
}

fn some_message(failed: &FailedAttempt<'_>, condition: impl Fn(&str) -> bool) -> bool {
    failed.errors().any(|error| condition(&error.to_string()))
}
