use std::ops::RangeInclusive;

use super::*;

#[test]
fn random_delays_fill_their_range() {
    let policy = Retry::random(ms(10)..=ms(20));
    let backwards = Retry::random(RangeInclusive::new(ms(20), ms(10)));
    let delays: Vec<_> = (0..1_000)
        .map(|seed| drawn(&policy, 1, seed).unwrap())
        .collect();
    assert!(delays.iter().all(|delay| (ms(10)..=ms(20)).contains(delay)));
    assert!(delays.iter().any(|delay| *delay < ms(11)));
    assert!(delays.iter().any(|delay| *delay > ms(19)));
    assert_eq!(drawn(&policy, 1, 5), drawn(&backwards, 1, 5));
}

#[test]
fn the_parts_of_a_sum_draw_different_numbers() {
    let part = || Retry::random(Duration::ZERO..=secs(1));
    let sum = part().plus(part());
    let doubled = |seed| drawn(&part(), 1, seed).map(|delay| delay * 2);
    assert!((0..100).all(|seed| drawn(&sum, 1, seed) != doubled(seed)));
}

#[test]
fn jitter_stays_within_its_share() {
    let policy = Retry::exponential(secs(1))
        .max_delay(secs(10))
        .jitter(0.25)
        .forever();
    for seed in 0..500 {
        for (attempts, full) in [(1, secs(1)), (3, secs(4)), (40, secs(10))] {
            let delay = drawn(&policy, attempts, seed).unwrap();
            assert!((full.mul_f64(0.75)..=full).contains(&delay), "{delay:?}");
        }
    }
}

#[test]
fn full_jitter_spreads_delays_at_the_bound_as_well() {
    let policy = Retry::exponential(secs(1))
        .max_delay(secs(10))
        .full_jitter()
        .forever();
    let delays: Vec<_> = (0..1_000)
        .map(|seed| drawn(&policy, 40, seed).unwrap())
        .collect();
    assert!(delays.iter().all(|delay| *delay <= secs(10)));
    assert!(delays.iter().any(|delay| *delay < ms(100)));
    assert!(delays.iter().any(|delay| *delay > ms(9_900)));
}

#[test]
fn full_jitter_begins_at_the_shortest_delay() {
    let policy = Retry::fixed(secs(3)).min_delay(secs(2)).full_jitter();
    let delays: Vec<_> = (0..500)
        .map(|seed| drawn(&policy, 1, seed).unwrap())
        .collect();
    assert!(
        delays
            .iter()
            .all(|delay| (secs(2)..=secs(3)).contains(delay))
    );
    assert!(delays.iter().any(|delay| *delay < ms(2_050)));
}

#[test]
fn added_jitter_ends_at_the_longest_delay() {
    let policy = Retry::fixed(secs(1)).jitter_up_to(secs(4));
    let bounded = policy.clone().max_delay(secs(2));
    for seed in 0..500 {
        let delay = drawn(&policy, 1, seed).unwrap();
        assert!((secs(1)..=secs(5)).contains(&delay));
        assert_eq!(drawn(&bounded, 1, seed), Some(delay.min(secs(2))));
    }
}

#[test]
fn a_share_that_makes_no_sense_is_brought_into_range() {
    let fixed = || Retry::fixed(secs(1));
    for share in [f64::NAN, -1.0, f64::NEG_INFINITY] {
        assert_eq!(first(1, fixed().jitter(share)), [secs(1)]);
    }
    for share in [2.0, f64::INFINITY] {
        assert_eq!(
            first(1, fixed().jitter(share)),
            first(1, fixed().full_jitter())
        );
    }
}
