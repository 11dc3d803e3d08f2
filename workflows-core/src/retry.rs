//! Retry policies: whether and when an attempt that failed is followed by another.
//!
//! A policy is a list of delays (`delays.rs`), a budget that ends it (`budget.rs`) and conditions on the failure
//! (`conditions.rs`). It is a value: no clock, no state, no randomness but a seed. [`Retry::delay_after`] asks in this
//! order: conditions, delay, budget.

mod attempt;
mod budget;
mod conditions;
mod delays;
mod draws;
#[cfg(test)]
mod tests;

use std::{
    error::Error,
    fmt,
    ops::RangeInclusive,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

pub use self::attempt::FailedAttempt;
use self::{
    attempt::Question,
    budget::Budget,
    conditions::Conditions,
    delays::{Delays, Shape},
    draws::Draws,
};

/// How many attempts there are where no limit is set.
const ATTEMPTS: u32 = 3;
/// The longest delay of [`Retry::exponential`] where none is set.
const LONGEST: Duration = Duration::from_secs(60);

/// Whether and when a failed attempt of a step is followed by another: `#[step(retry = Retry::…)]`.
///
/// ```
/// # use std::time::Duration;
/// # use workflows_core as workflows;
/// use workflows::Retry;
///
/// let policy = Retry::exponential(Duration::from_millis(200)) // 200 ms, 400 ms, 800 ms, …
///     .max_delay(Duration::from_secs(10))
///     .full_jitter()
///     .max_attempts(5)
///     .on::<std::io::Error>();
/// # assert!(format!("{policy:?}").contains("10s"));
/// ```
///
/// Without a limit there are 3 attempts, the first included; no policy goes on for ever unless it says
/// [`forever`](Self::forever). Every error is tried again unless a condition is set; a panic is not, unless
/// [`also_on_panic`](Self::also_on_panic) is. Where a method is called twice, the later call counts, but conditions add
/// up.
///
/// # Coming from tenacity
///
/// | tenacity, LlamaIndex | here |
/// |---|---|
/// | `wait_fixed`, `wait_none` | [`fixed`](Self::fixed), [`immediately`](Self::immediately) |
/// | `wait_exponential(multiplier, exp_base, max, min)` | [`exponential(multiplier)`](Self::exponential), [`factor`](Self::factor), [`max_delay`](Self::max_delay), [`min_delay`](Self::min_delay) |
/// | `wait_exponential_jitter` | `exponential(…)`, [`jitter_up_to`](Self::jitter_up_to) |
/// | `wait_random_exponential`, `wait_full_jitter` | `exponential(…)`, [`full_jitter`](Self::full_jitter) |
/// | `wait_incrementing` | [`incrementing`](Self::incrementing); delays that shrink: [`chain`](Self::chain), `factor` |
/// | `wait_random` | [`random`](Self::random) |
/// | `wait_chain` | [`chain`](Self::chain), [`then_after`](Self::then_after) |
/// | `wait_combine`, `+` | [`plus`](Self::plus) |
/// | `stop_after_attempt` | [`max_attempts`](Self::max_attempts) |
/// | `stop_after_delay`, `stop_before_delay` | [`max_elapsed`](Self::max_elapsed), [`last_attempt_before`](Self::last_attempt_before) |
/// | `stop_any`, `stop_never` | several limits, [`forever`](Self::forever) |
/// | `stop_all(a, b)` | `forever().unless_attempt(…)`, the limits joined with `&&` |
/// | `retry_if_exception_type`, `retry_if_not_exception_type` | [`on`](Self::on), [`not_on`](Self::not_on); both see causes too |
/// | `retry_if_exception` | [`when`](Self::when), [`unless`](Self::unless), [`when_attempt`](Self::when_attempt), [`unless_attempt`](Self::unless_attempt) |
/// | `retry_if_exception_message`, `retry_if_not_…` | [`when_message`](Self::when_message), [`unless_message`](Self::unless_message) |
/// | `retry_if_exception_cause_type` | `when_attempt` with [`errors().skip(1)`](FailedAttempt::errors) |
/// | `retry_any`, `retry_all` | several conditions, `&&` in one closure |
/// | `retry_always`, `retry_never` | no condition, [`never`](Self::never) |
/// | a `RetryPolicy` of one's own | [`from_fn`](Self::from_fn) |
#[derive(Clone)]
#[must_use = "a policy does nothing until a step has it"]
pub struct Retry {
    delays: Delays,
    budget: Budget,
    conditions: Conditions,
    named: Vec<Question<Option<Duration>>>,
}

impl Retry {
    /// `first`, then twice as long each time, or another [`factor`](Self::factor). At most a minute or `first`,
    /// whichever is longer, unless [`max_delay`](Self::max_delay) says otherwise.
    pub fn exponential(first: Duration) -> Self {
        let longest = LONGEST.max(first);
        Self::fixed(first).factor(2.0).max_delay(longest)
    }

    /// The same delay each time.
    pub fn fixed(delay: Duration) -> Self {
        Self::of(Shape::Fixed(delay))
    }

    /// `first`, then longer by `step` each time.
    pub fn incrementing(first: Duration, step: Duration) -> Self {
        Self::of(Shape::Incrementing { first, step })
    }

    /// A random delay each time, every one of the range equally likely. The ends may come in either order.
    pub fn random(range: RangeInclusive<Duration>) -> Self {
        let (a, b) = range.into_inner();
        Self::of(Shape::Random {
            low: a.min(b),
            high: a.max(b),
        })
    }

    /// No delay.
    pub fn immediately() -> Self {
        Self::fixed(Duration::ZERO)
    }

    /// Never another attempt, whatever else is set.
    pub fn never() -> Self {
        Self::of(Shape::Never)
    }

    /// These delays, one after the other. Without a limit it ends with them; with one that leaves more attempts, the
    /// last delay repeats. Without any delay, it is [`never`](Self::never).
    pub fn chain(delays: impl IntoIterator<Item = Duration>) -> Self {
        let delays: Vec<_> = delays.into_iter().collect();
        let attempts = u32::try_from(delays.len()).unwrap_or(u32::MAX);
        Self {
            budget: Budget::unless_set(attempts.saturating_add(1)),
            ..Self::of(Shape::Chain(delays))
        }
    }

    /// The delay that `delay` computes, or `None` to give up. It must be pure: equal attempts, equal delays.
    ///
    /// The limit of 3 attempts holds here too: with [`forever`](Self::forever), `delay` alone decides.
    pub fn from_fn(
        delay: impl Fn(&FailedAttempt<'_>) -> Option<Duration> + Send + Sync + 'static,
    ) -> Self {
        Self::of(Shape::Computed(Question::new(delay)))
    }

    fn of(shape: Shape) -> Self {
        Self {
            delays: shape.into(),
            budget: Budget::unless_set(ATTEMPTS),
            conditions: Conditions::default(),
            named: Vec::new(),
        }
    }

    /// The sum of both delays: `Retry::exponential(…).plus(Retry::random(…))`.
    ///
    /// What `other` says of limits and errors counts as if it had been said here.
    pub fn plus(self, other: Self) -> Self {
        self.joined(other, u32::max, |a, b| Shape::Sum(Box::new([a, b])))
    }

    /// After `delays` delays in all, those of `other`, counted from its own first one:
    /// `Retry::immediately().then_after(2, Retry::exponential(…))`.
    ///
    /// What `other` says of limits and errors counts as if it had been said here. Without a limit, `other` has its 3
    /// attempts after the `delays` before it.
    pub fn then_after(self, delays: u32, other: Self) -> Self {
        let attempts = |_, next: u32| next.saturating_add(delays);
        self.joined(other, attempts, |first, next| Shape::Switch {
            first: Box::new(first),
            after: delays,
            next: Box::new(next),
        })
    }

    /// Both in one. `attempts` gives the attempts where no limit is set, from those of both.
    fn joined(
        mut self,
        other: Self,
        attempts: impl FnOnce(u32, u32) -> u32,
        delays: impl FnOnce(Delays, Delays) -> Shape,
    ) -> Self {
        self.named.extend(other.named);
        Self {
            delays: delays(self.delays, other.delays).into(),
            budget: self.budget.with(other.budget, attempts),
            conditions: self.conditions.with(other.conditions),
            named: self.named,
        }
    }

    /// Waits as long as an error of type `E` asks for, where it does (a `Retry-After`), instead of the policy's delay:
    /// exactly so long, without bounds and jitter. Limits and conditions hold as ever.
    pub fn delay_from<E: Error + 'static>(
        mut self,
        delay: impl Fn(&E) -> Option<Duration> + Send + Sync + 'static,
    ) -> Self {
        let named = Question::new(move |failed| failed.all::<E>().find_map(&delay));
        self.named.push(named);
        self
    }

    /// How long to wait before the next attempt; `None` to give up. Equal attempts give equal delays.
    ///
    /// Never panics: where a closure of the author's does, it gives up.
    #[must_use]
    pub fn delay_after(&self, failed: &FailedAttempt<'_>) -> Option<Duration> {
        // Nothing of the policy changes while it is asked, so nothing can be left half done.
        catch_unwind(AssertUnwindSafe(|| self.decide(failed))).unwrap_or(None)
    }

    fn decide(&self, failed: &FailedAttempt<'_>) -> Option<Duration> {
        if !self.conditions.allow(failed) {
            return None;
        }
        let mut draws = Draws::of(failed.seed, failed.attempts);
        let n = failed.attempts.saturating_sub(1);
        let delay = self.delays.at(n, failed, &mut draws)?;
        let named = self.named.iter().find_map(|named| named.ask(failed));
        let delay = named.unwrap_or(delay);
        self.budget.allows(failed, delay).then_some(delay)
    }
}

impl fmt::Debug for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("delays", &self.delays)
            .field("budget", &self.budget)
            .field("when", &self.conditions.when.len())
            .field("unless", &self.conditions.unless.len())
            .field("also_on_panic", &self.conditions.also_on_panic)
            .field("delay_from", &self.named.len())
            .finish()
    }
}
