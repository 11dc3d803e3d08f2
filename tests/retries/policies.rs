//! How long a step waits for its next attempt, by its policy.

use std::{io, ops::RangeInclusive, time::Duration};

use tokio::time::Instant;
use workflows::prelude::*;

use crate::{SECOND, Status};

/// How long the fourth attempt of a step comes after the first.
macro_rules! policies {
    ($($test:ident: $policy:expr, $seconds:expr;)+) => {$(
        #[tokio::test(start_paused = true)]
        async fn $test() {
            struct Retried;

            #[workflow]
            impl Retried {
                #[step(retry = $policy)]
                async fn work(&self, ctx: Context, _: Start<()>) -> Result<Stop<()>, Status> {
                    if ctx.attempt().number() < 4 { Err(Status(503)) } else { Ok(Stop(())) }
                }
            }

            let seconds: RangeInclusive<u64> = $seconds;
            let range = seconds.start() * 1000..=seconds.end() * 1000;
            let began = Instant::now();
            Retried.run(()).await.unwrap();
            let took = u64::try_from(began.elapsed().as_millis()).unwrap();
            assert!(range.contains(&took), "{took} ms");
        }
    )+};
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

policies! {
    fixed_delays_are_waited_for: Retry::fixed(SECOND).max_attempts(4), 3..=3;
    growing_delays_are_waited_for:
        Retry::incrementing(SECOND, seconds(10)).max_attempts(4), 1 + 11 + 21..=33;
    doubling_delays_are_waited_for: Retry::exponential(SECOND).max_attempts(4), 1 + 2 + 4..=7;
    delays_up_to_the_longest_are_waited_for:
        Retry::exponential(SECOND).max_delay(seconds(2)).max_attempts(4), 1 + 2 + 2..=5;
    chained_delays_are_waited_for:
        Retry::chain([seconds(5), seconds(60), seconds(1)]), 5 + 60 + 1..=66;
    summed_delays_are_waited_for:
        Retry::fixed(SECOND).plus(Retry::fixed(seconds(9))).max_attempts(4), 30..=30;
    random_delays_are_waited_for: Retry::random(seconds(10)..=seconds(20)).max_attempts(4), 30..=60;
    no_delay_is_no_wait: Retry::immediately().max_attempts(4), 0..=0;
}

/// Fails with an error deep inside of another.
struct Wrapped;

#[derive(Debug, thiserror::Error)]
#[error("the call failed")]
struct CallFailed(#[source] io::Error);

impl CallFailed {
    fn from_kind(refused: bool) -> Self {
        let kind = if refused {
            io::ErrorKind::ConnectionRefused
        } else {
            io::ErrorKind::InvalidData
        };
        Self(io::Error::from(kind))
    }
}

#[workflow]
impl Wrapped {
    #[step(retry = Retry::fixed(SECOND).when(|error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused))]
    async fn call(&self, Start(refused): Start<bool>) -> anyhow::Result<Stop<()>> {
        let error = anyhow::Error::new(CallFailed::from_kind(refused));
        Err(error.context("while asking").context("while working"))
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_is_tried_again_by_what_caused_it() {
    for (refused, attempts) in [(true, 3), (false, 1)] {
        let RunError::Step(error) = Wrapped.run(refused).await.unwrap_err() else {
            panic!("the step failed");
        };
        assert_eq!(error.attempts(), attempts);
    }
}

/// Has two minutes for its attempts, which fail at once and are a minute apart.
struct Punctual;

#[workflow]
impl Punctual {
    #[step(retry = Retry::fixed(seconds(60)).last_attempt_before(seconds(150)))]
    async fn work(&self, _: Start<()>) -> Result<Stop<()>, Status> {
        Err(Status(503))
    }
}

#[tokio::test(start_paused = true)]
async fn no_attempt_begins_after_the_last_moment_for_one() {
    let began = Instant::now();
    let RunError::Step(error) = Punctual.run(()).await.unwrap_err() else {
        panic!("the step failed");
    };
    assert_eq!(error.attempts(), 3);
    // It gives up at once: it does not wait for an attempt that it may not make.
    assert_eq!(began.elapsed(), seconds(120));
}
