use super::*;

/// Decides on a second attempt that failed at `elapsed`.
fn at(elapsed: Duration, policy: &Retry) -> Option<Duration> {
    policy.delay_after(&FailedAttempt {
        attempts: 2,
        elapsed,
        failure: &Failure::error("out of order".into()),
        seed: 7,
    })
}

#[test]
fn without_a_limit_there_are_three_attempts() {
    for policy in [
        Retry::exponential(secs(1)),
        Retry::fixed(secs(1)),
        Retry::incrementing(secs(1), secs(1)),
        Retry::random(secs(1)..=secs(2)),
        Retry::immediately(),
        Retry::from_fn(|_| Some(secs(1))),
        Retry::fixed(secs(1)).plus(Retry::fixed(secs(1))),
    ] {
        assert_eq!(attempts(&policy), 3, "{policy:?}");
    }
}

#[test]
fn without_a_limit_a_chain_waits_each_of_its_delays_once() {
    let chain = Retry::chain([secs(1); 5]);
    assert_eq!(attempts(&chain), 6);
    assert_eq!(attempts(&chain.clone().plus(Retry::fixed(secs(1)))), 6);
    assert_eq!(attempts(&chain.max_attempts(9)), 9);
}

#[test]
fn without_a_limit_the_next_policy_has_its_attempts_after_the_delays_before_it() {
    let policy = Retry::immediately().then_after(4, Retry::fixed(secs(1)));
    assert_eq!(attempts(&policy), 7);
    let endless = policy.then_after(u32::MAX, Retry::never());
    assert_eq!(after(&endless, u32::MAX), None);
}

#[test]
fn the_first_attempt_counts() {
    assert_eq!(attempts(&Retry::immediately().max_attempts(5)), 5);
    assert_eq!(attempts(&Retry::immediately().max_attempts(1)), 1);
    assert_eq!(attempts(&Retry::immediately().max_attempts(0)), 1);
    assert_eq!(attempts(&Retry::never()), 1);
}

#[test]
fn the_largest_number_of_attempts_ends_as_well() {
    let policy = Retry::immediately().max_attempts(u32::MAX);
    assert!(after(&policy, u32::MAX - 1).is_some());
    assert_eq!(after(&policy, u32::MAX), None);
}

#[test]
fn max_elapsed_gives_up_at_the_limit_and_above() {
    let policy = Retry::fixed(secs(100)).max_elapsed(secs(10));
    assert_eq!(at(ms(9_999), &policy), Some(secs(100)));
    assert_eq!(at(secs(10), &policy), None);
    assert_eq!(at(Duration::MAX, &policy), None);
}

#[test]
fn last_attempt_before_gives_up_where_the_delay_would_reach_the_limit() {
    let policy = Retry::fixed(secs(3)).last_attempt_before(secs(10));
    assert_eq!(at(ms(6_999), &policy), Some(secs(3)));
    assert_eq!(at(secs(7), &policy), None);
    assert_eq!(at(Duration::MAX, &policy), None);
}

#[test]
fn a_limit_in_time_replaces_the_three_attempts() {
    for policy in [
        Retry::immediately().max_elapsed(secs(10)),
        Retry::immediately().last_attempt_before(secs(10)),
    ] {
        assert!(after(&policy, 1_000).is_some());
        assert_eq!(attempts(&policy.max_attempts(4)), 4);
    }
}

#[test]
fn the_first_limit_that_is_reached_ends_it() {
    let policy = Retry::immediately().max_attempts(2).max_elapsed(secs(10));
    assert_eq!(at(secs(1), &policy), None);
    assert_eq!(at(secs(10), &policy.max_attempts(3)), None);
}

#[test]
fn forever_takes_back_every_limit() {
    let policy = Retry::immediately()
        .max_attempts(2)
        .max_elapsed(secs(1))
        .last_attempt_before(secs(1))
        .forever();
    assert!(at(Duration::MAX, &policy).is_some());
    assert!(after(&policy, u32::MAX).is_some());
    assert_eq!(attempts(&policy.max_attempts(4)), 4);
}

#[test]
fn limits_of_a_part_count_as_if_said_of_the_whole() {
    let part = || Retry::immediately().max_attempts(4);
    assert_eq!(attempts(&Retry::immediately().plus(part())), 4);
    assert_eq!(attempts(&part().plus(Retry::immediately())), 4);
    assert_eq!(attempts(&part().then_after(2, part().max_attempts(9))), 9);
    let endless = [
        part().plus(Retry::immediately().forever()),
        Retry::immediately().forever().plus(Retry::immediately()),
    ];
    assert!(endless.iter().all(|policy| after(policy, 1_000).is_some()));
}

#[test]
fn all_of_several_limits_may_be_asked_for() {
    let policy = Retry::immediately()
        .forever()
        .unless_attempt(|failed| failed.attempts >= 2 && failed.elapsed >= secs(10));
    assert!(at(secs(9), &policy).is_some());
    assert!(after(&policy, 50).is_some());
    assert_eq!(at(secs(10), &policy), None);
}
