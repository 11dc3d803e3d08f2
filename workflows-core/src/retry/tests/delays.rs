use super::*;

#[test]
fn exponential_delays_double() {
    let policy = Retry::exponential(ms(200));
    assert_eq!(first(4, policy), [ms(200), ms(400), ms(800), ms(1_600)]);
}

#[test]
fn exponential_delays_grow_by_the_factor() {
    let policy = Retry::exponential(ms(100)).factor(3.0);
    assert_eq!(first(4, policy), [ms(100), ms(300), ms(900), ms(2_700)]);
}

#[test]
fn exponential_delays_end_at_a_minute_unless_told() {
    assert_eq!(
        first(8, Retry::exponential(secs(1)))[5..],
        [secs(32), secs(60), secs(60)]
    );
    assert_eq!(
        first(2, Retry::exponential(secs(100))),
        [secs(100), secs(100)]
    );
    let longer = Retry::exponential(secs(50)).max_delay(secs(150));
    assert_eq!(first(3, longer), [secs(50), secs(100), secs(150)]);
}

#[test]
fn fixed_delays_are_all_alike() {
    assert_eq!(first(3, Retry::fixed(secs(5))), [secs(5); 3]);
    assert_eq!(first(3, Retry::immediately()), [Duration::ZERO; 3]);
}

#[test]
fn incrementing_delays_grow_by_the_step() {
    let policy = Retry::incrementing(secs(1), secs(2)).max_delay(secs(6));
    assert_eq!(first(4, policy), [secs(1), secs(3), secs(5), secs(6)]);
}

#[test]
fn a_chain_repeats_its_last_delay() {
    let policy = Retry::chain([secs(1), secs(5)]);
    assert_eq!(first(4, policy), [secs(1), secs(5), secs(5), secs(5)]);
}

#[test]
fn an_empty_chain_and_never_give_up_whatever_else_is_set() {
    for policy in [Retry::chain([]), Retry::never()] {
        assert_eq!(after(&policy.forever().min_delay(secs(1)), 1), None);
    }
}

#[test]
fn a_sum_adds_both_delays_each_within_its_own_bounds() {
    let policy = Retry::exponential(secs(1))
        .max_delay(secs(3))
        .plus(Retry::incrementing(secs(10), secs(10)));
    assert_eq!(first(3, policy.clone()), [secs(11), secs(22), secs(33)]);
    assert_eq!(
        first(3, policy.max_delay(secs(20))),
        [secs(11), secs(20), secs(20)]
    );
}

#[test]
fn then_after_counts_from_the_beginning_of_the_next() {
    let policy = Retry::immediately()
        .then_after(2, Retry::exponential(secs(1)))
        .then_after(4, Retry::fixed(secs(9)));
    assert_eq!(
        first(6, policy),
        [ms(0), ms(0), secs(1), secs(2), secs(9), secs(9)]
    );
}

#[test]
fn after_nothing_the_next_begins_at_once() {
    let policy = Retry::never().then_after(0, Retry::fixed(secs(1)));
    assert_eq!(first(2, policy), [secs(1); 2]);
}

#[test]
fn a_policy_may_compute_its_delays() {
    let policy =
        Retry::from_fn(|failed| (failed.attempts < 3).then(|| secs(failed.attempts.into())));
    assert_eq!(first(2, policy.clone()), [secs(1), secs(2)]);
    assert_eq!(after(&policy.forever(), 3), None);
}

#[test]
fn a_factor_that_makes_no_sense_counts_as_one() {
    for factor in [f64::NAN, -2.0, f64::NEG_INFINITY] {
        assert_eq!(
            first(3, Retry::exponential(secs(1)).factor(factor)),
            [secs(1); 3]
        );
    }
}

#[test]
fn a_factor_below_one_shrinks_the_delays() {
    let policy = Retry::exponential(secs(1)).factor(0.5).min_delay(ms(300));
    assert_eq!(first(3, policy), [secs(1), ms(500), ms(300)]);
    assert_eq!(
        first(2, Retry::exponential(secs(1)).factor(0.0)),
        [secs(1), secs(0)]
    );
}

#[test]
fn what_overflows_is_the_longest_delay() {
    let longest = Duration::MAX;
    for policy in [
        Retry::exponential(secs(1))
            .factor(f64::INFINITY)
            .max_delay(longest),
        Retry::exponential(ms(1)).factor(1e300).max_delay(longest),
        Retry::exponential(secs(1)).max_delay(longest),
        Retry::incrementing(longest, longest),
        Retry::fixed(longest).plus(Retry::fixed(longest)),
        Retry::fixed(longest).jitter_up_to(longest),
    ] {
        let policy = policy.forever();
        assert_eq!(after(&policy, u32::MAX - 1), Some(longest), "{policy:?}");
    }
    assert!(after(&Retry::random(Duration::ZERO..=longest), 1).is_some());
    assert_eq!(
        first(1, Retry::immediately().factor(f64::INFINITY)),
        [secs(0)]
    );
}

#[test]
fn the_number_of_attempts_may_be_anything() {
    for attempts in [0, 1, u32::MAX] {
        let endless = Retry::exponential(secs(1)).max_delay(secs(1)).forever();
        assert_eq!(after(&endless, attempts), Some(secs(1)));
        let switched = endless.then_after(u32::MAX, Retry::never());
        assert_eq!(after(&switched, attempts), Some(secs(1)));
    }
}

#[test]
fn an_error_may_ask_for_its_own_delay() {
    let policy = Retry::fixed(secs(1))
        .max_delay(secs(2))
        .full_jitter()
        .delay_from(|error: &conditions::RateLimited| error.retry_after)
        .last_attempt_before(secs(60));
    let decide = |retry_after| {
        let failure = Failure::error(conditions::RateLimited { retry_after }.into());
        policy.delay_after(&FailedAttempt {
            attempts: 1,
            elapsed: Duration::ZERO,
            failure: &failure,
            seed: 3,
        })
    };
    assert_eq!(decide(Some(secs(30))), Some(secs(30)));
    assert_eq!(decide(Some(secs(60))), None);
    assert!(decide(None).unwrap() <= secs(1));
}
