//! Random numbers from a seed (SplitMix64).

/// Spreads the bits of a number.
pub(crate) fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(mix(seed))
    }

    /// A number from 0 up to the bound.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (mix(self.0) % bound as u64) as usize
    }

    /// True once in `times`.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// Prints the seed of a simulation that broke.
struct Seed(u64, &'static str);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self(seed, tests) = self;
            eprintln!(
                "run this simulation again with `WORKFLOWS_SEED={seed} cargo test --test laws {tests}`"
            );
        }
    }
}

/// Tries the seeds from 0 on, or the one that `WORKFLOWS_SEED` says.
pub(crate) fn for_each_seed(count: u64, tests: &'static str, simulate: impl Fn(u64)) {
    let simulate = |seed| {
        let _prints = Seed(seed, tests);
        simulate(seed);
    };
    match std::env::var("WORKFLOWS_SEED") {
        Ok(seed) => simulate(seed.parse().expect("`WORKFLOWS_SEED` is a number")),
        Err(_) => (0..count).for_each(simulate),
    }
}
