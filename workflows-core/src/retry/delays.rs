//! Delays: how long to wait before each further attempt.
//!
//! Delay number n, counted from 0, is `bounded(jittered(bounded(shape(n) * factor^n)))`: within the bounds after the
//! jitter, and before it as well, so that delays at the upper bound are spread like all others.

use std::time::Duration;

use super::{
    Retry,
    attempt::{FailedAttempt, Question},
    draws::Draws,
};

/// A list of delays without end.
#[derive(Clone, Debug)]
pub(super) struct Delays {
    shape: Shape,
    factor: f64,
    min: Duration,
    max: Duration,
    jitter: Jitter,
}

#[derive(Clone, Debug)]
pub(super) enum Shape {
    Never,
    Fixed(Duration),
    Incrementing {
        first: Duration,
        step: Duration,
    },
    Random {
        low: Duration,
        high: Duration,
    },
    /// The last one repeats.
    Chain(Vec<Duration>),
    Sum(Box<[Delays; 2]>),
    Switch {
        first: Box<Delays>,
        after: u32,
        next: Box<Delays>,
    },
    Computed(Question<Option<Duration>>),
}

#[derive(Clone, Copy, Debug)]
enum Jitter {
    None,
    /// Takes away up to this share.
    Share(f64),
    /// Adds up to this much.
    UpTo(Duration),
}

impl From<Shape> for Delays {
    fn from(shape: Shape) -> Self {
        Self {
            shape,
            factor: 1.0,
            min: Duration::ZERO,
            max: Duration::MAX,
            jitter: Jitter::None,
        }
    }
}

impl Delays {
    /// Delay number `n`, counted from 0; `None`: no further attempt.
    pub(super) fn at(
        &self,
        n: u32,
        failed: &FailedAttempt<'_>,
        draws: &mut Draws,
    ) -> Option<Duration> {
        let delay = self.shape.at(n, failed, draws)?;
        let delay = self.bounded(scaled(delay, power(self.factor, n)));
        Some(self.bounded(self.jittered(delay, draws)))
    }

    fn bounded(&self, delay: Duration) -> Duration {
        delay.min(self.max).max(self.min)
    }

    fn jittered(&self, delay: Duration, draws: &mut Draws) -> Duration {
        match self.jitter {
            Jitter::None => delay,
            Jitter::Share(share) => {
                let least = delay.saturating_sub(scaled(delay, share));
                draws.between(least.max(self.min), delay)
            }
            Jitter::UpTo(most) => delay.saturating_add(draws.between(Duration::ZERO, most)),
        }
    }
}

impl Shape {
    fn at(&self, n: u32, failed: &FailedAttempt<'_>, draws: &mut Draws) -> Option<Duration> {
        match self {
            Self::Never => None,
            Self::Fixed(delay) => Some(*delay),
            Self::Incrementing { first, step } => {
                Some(first.saturating_add(step.saturating_mul(n)))
            }
            Self::Random { low, high } => Some(draws.between(*low, *high)),
            Self::Chain(delays) => delays.get(n as usize).or(delays.last()).copied(),
            Self::Sum(parts) => {
                let [a, b] = &**parts;
                let a = a.at(n, failed, draws)?;
                Some(a.saturating_add(b.at(n, failed, draws)?))
            }
            Self::Switch { first, after, next } => match n.checked_sub(*after) {
                Some(n) => next.at(n, failed, draws),
                None => first.at(n, failed, draws),
            },
            Self::Computed(delay) => delay.ask(failed),
        }
    }
}

/// How the delays grow, where they end and how they are spread. Each of these holds for the whole policy up to here:
/// `a.max_delay(…).plus(b)` bounds `a`, `a.plus(b).max_delay(…)` the sum. Between two such joints their order does not
/// matter.
impl Retry {
    /// Each delay is `factor` times the one before: delay number n, counted from 0, is multiplied by `factor`ⁿ.
    ///
    /// 2 for [`exponential`](Self::exponential), 1 for all others. A factor below 1 shrinks the delays; one that is
    /// negative or not a number counts as 1. What overflows, an infinite factor included, is the longest delay there
    /// is: [`max_delay`](Self::max_delay).
    pub fn factor(mut self, factor: f64) -> Self {
        self.delays.factor = if factor >= 0.0 { factor } else { 1.0 };
        self
    }

    /// No delay is longer than `max`, its jitter included.
    pub fn max_delay(mut self, max: Duration) -> Self {
        self.delays.max = max;
        self
    }

    /// No delay is shorter than `min`, jitter or not. Where it is longer than [`max_delay`](Self::max_delay), every
    /// delay is `min`.
    pub fn min_delay(mut self, min: Duration) -> Self {
        self.delays.min = min;
        self
    }

    /// Takes a random part of at most `share` away from each delay `d`: uniform in `(1 - share) * d ..= d`.
    ///
    /// Many runs that failed together then do not come back together. `share` is kept between 0 and 1 (not a number:
    /// 0). 0.5 is "equal jitter" and 1 is "full jitter" in Marc Brooker's
    /// [Exponential Backoff And Jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)
    /// (AWS Architecture Blog, 2015). Replaces an earlier jitter.
    pub fn jitter(mut self, share: f64) -> Self {
        let share = if share.is_nan() { 0.0 } else { share };
        self.delays.jitter = Jitter::Share(share.clamp(0.0, 1.0));
        self
    }

    /// [`jitter(1.0)`](Self::jitter): each delay `d` is uniform in `0 ..= d`, or from
    /// [`min_delay`](Self::min_delay) on.
    pub fn full_jitter(self) -> Self {
        self.jitter(1.0)
    }

    /// Adds a random part of at most `most` to each delay `d`: `min(max_delay, d + uniform(0 ..= most))`, as tenacity's
    /// `wait_exponential_jitter`. Replaces an earlier jitter.
    pub fn jitter_up_to(mut self, most: Duration) -> Self {
        self.delays.jitter = Jitter::UpTo(most);
        self
    }
}

/// `delay * by`, where `by` is not negative.
fn scaled(delay: Duration, by: f64) -> Duration {
    if delay.is_zero() || by == 1.0 {
        return delay;
    }
    Duration::try_from_secs_f64(delay.as_secs_f64() * by).unwrap_or(Duration::MAX)
}

/// `base` to the power of `exponent`. By squaring: `f64::powi` may give other digits on another machine.
fn power(mut base: f64, mut exponent: u32) -> f64 {
    let mut power = 1.0;
    while exponent > 0 {
        if exponent % 2 == 1 {
            power *= base;
        }
        base *= base;
        exponent /= 2;
    }
    power
}
