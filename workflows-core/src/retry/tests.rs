//! What the policies decide: delays, limits, conditions.

mod conditions;
mod delays;
mod jitter;
mod limits;

use std::{fmt, time::Duration};

use super::{FailedAttempt, Retry};
use crate::{output::BoxError, tick::Failure};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// Decides on the failed attempt number `attempts`, at once and for a reason that means nothing.
fn after(policy: &Retry, attempts: u32) -> Option<Duration> {
    drawn(policy, attempts, 7)
}

fn drawn(policy: &Retry, attempts: u32, seed: u64) -> Option<Duration> {
    policy.delay_after(&FailedAttempt {
        attempts,
        elapsed: Duration::ZERO,
        failure: &Failure::error("out of order".into()),
        seed,
    })
}

/// The first `n` delays, whatever the policy's limits are.
fn first(n: u32, policy: Retry) -> Vec<Duration> {
    let policy = policy.forever();
    (1..=n)
        .map(|attempts| after(&policy, attempts).unwrap())
        .collect()
}

/// How many attempts there are at the most, if no time passes.
fn attempts(policy: &Retry) -> u32 {
    (1..1_000)
        .find(|attempts| after(policy, *attempts).is_none())
        .unwrap()
}

fn retries(policy: &Retry, error: impl Into<BoxError>) -> bool {
    retries_failure(policy, &Failure::error(error.into()))
}

fn retries_failure(policy: &Retry, failure: &Failure) -> bool {
    let failed = FailedAttempt {
        attempts: 1,
        elapsed: Duration::ZERO,
        failure,
        seed: 1,
    };
    policy.delay_after(&failed).is_some()
}

#[test]
fn a_policy_is_a_value() {
    fn is_value<T: Clone + fmt::Debug + Send + Sync + 'static>(_: &T) {}
    is_value(&Retry::fixed(secs(1)));
}

#[test]
fn debug_shows_the_delays_the_limits_and_the_number_of_conditions() {
    let policy = Retry::exponential(ms(200))
        .jitter(0.5)
        .max_attempts(5)
        .when_message(|message| message == "busy")
        .on::<fmt::Error>();
    let shown = format!("{policy:?}");
    for part in [
        "Fixed(200ms)",
        "factor: 2.0",
        "max: 60s",
        "Share(0.5)",
        "attempts: Some(5)",
        "when: 2",
        "unless: 0",
    ] {
        assert!(shown.contains(part), "no `{part}` in {shown}");
    }
}

#[test]
fn equal_attempts_give_equal_delays() {
    let policy = Retry::random(ms(1)..=secs(9)).full_jitter().forever();
    for seed in 0..100 {
        assert_eq!(drawn(&policy, 3, seed), drawn(&policy.clone(), 3, seed));
    }
    assert_ne!(drawn(&policy, 3, 1), drawn(&policy, 3, 2));
    assert_ne!(drawn(&policy, 3, 1), drawn(&policy, 4, 1));
}

#[test]
fn a_closure_that_panics_gives_up() {
    let policy = Retry::fixed(secs(1)).when_attempt(|_| panic!("the author's mistake"));
    assert_eq!(after(&policy, 1), None);
}
