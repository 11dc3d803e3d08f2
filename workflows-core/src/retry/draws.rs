//! Draws: numbers that look random and come from a seed alone.

use std::time::Duration;

/// The numbers of one decision: [SplitMix64](https://prng.di.unimi.it/splitmix64.c) (Steele, Lea, Flood: "Fast
/// Splittable Pseudorandom Number Generators", OOPSLA 2014).
#[derive(Clone, Debug)]
pub(super) struct Draws(u64);

impl Draws {
    /// The numbers for the attempt after `attempts` others.
    pub(super) fn of(seed: u64, attempts: u32) -> Self {
        // Mixed first, so that neighbouring seeds do not meet at neighbouring attempts.
        let mixed = Self(seed).next();
        Self(mixed.wrapping_add(attempts.into()))
    }

    /// A duration out of `low..=high`, each equally likely; `low` where that is the longer one.
    pub(super) fn between(&mut self, low: Duration, high: Duration) -> Duration {
        let range = high.saturating_sub(low).as_nanos() + 1;
        low.saturating_add(Duration::from_nanos_u128(share(range, self.next())))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// `whole * part / 2^64`, in two halves: a product of the longest range has more than 128 bits.
fn share(whole: u128, part: u64) -> u128 {
    let part = u128::from(part);
    let low = whole & u128::from(u64::MAX);
    (whole >> 64) * part + ((low * part) >> 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        let mut draws = Draws(1_234_567);
        let numbers: [u64; 3] = std::array::from_fn(|_| draws.next());
        assert_eq!(
            numbers,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn a_share_reaches_both_ends_of_the_longest_range() {
        let whole = Duration::MAX.as_nanos() + 1;
        assert_eq!(share(whole, 0), 0);
        assert_eq!(share(1_000, u64::MAX), 999);
        assert_eq!(share(whole, 1 << 63), whole / 2);
        assert!(share(whole, u64::MAX) < whole);
    }

    #[test]
    fn a_draw_is_spread_evenly() {
        let high = Duration::from_nanos(9);
        let mut counts = [0_u32; 10];
        for seed in 0..10_000 {
            let drawn = Draws::of(seed, 1).between(Duration::ZERO, high);
            counts[usize::try_from(drawn.as_nanos()).unwrap()] += 1;
        }
        assert!(
            counts.iter().all(|count| (850..1_150).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn a_range_the_wrong_way_round_gives_its_low_end() {
        let (low, high) = (Duration::from_secs(2), Duration::from_secs(1));
        assert_eq!(Draws::of(1, 1).between(low, high), low);
    }
}
