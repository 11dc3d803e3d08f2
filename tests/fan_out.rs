//! Lists, tuples, and what collects them.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where it unwraps, in its steps too"
)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::time::sleep;
use workflows::prelude::*;

#[event]
struct Outer(u32);
#[event]
struct Middle(u32);
#[event]
struct Inner(u32);
#[event]
struct InnerDone(u32);
#[event]
struct MiddleDone(Vec<u32>);
#[event]
struct OuterDone(Vec<Vec<u32>>);

/// Three fan-outs inside each other; what is earlier in a list takes longer.
struct Nested;

#[workflow]
impl Nested {
    #[step]
    async fn open(&self, Start(n): Start<u32>) -> Vec<Outer> {
        (0..n).map(Outer).collect()
    }

    #[step(num_workers = 2)]
    async fn split(&self, Outer(n): Outer) -> Vec<Middle> {
        sleep(Duration::from_secs(u64::from(10 - n))).await;
        (0..n).map(|i| Middle(10 * n + i)).collect()
    }

    #[step]
    async fn split_again(&self, Middle(n): Middle) -> Vec<Inner> {
        (0..n % 3).map(|i| Inner(10 * n + i)).collect()
    }

    #[step(num_workers = 3)]
    async fn work(&self, Inner(n): Inner) -> InnerDone {
        sleep(Duration::from_secs(u64::from(1000 - n))).await;
        InnerDone(n)
    }

    #[step]
    async fn inner(&self, done: Vec<InnerDone>) -> MiddleDone {
        MiddleDone(done.into_iter().map(|InnerDone(n)| n).collect())
    }

    #[step]
    async fn middle(&self, done: Vec<MiddleDone>) -> OuterDone {
        OuterDone(done.into_iter().map(|MiddleDone(all)| all).collect())
    }

    #[step]
    async fn outer(&self, done: Vec<OuterDone>) -> Stop<Vec<Vec<Vec<u32>>>> {
        Stop(done.into_iter().map(|OuterDone(all)| all).collect())
    }
}

#[tokio::test(start_paused = true)]
async fn nested_fan_outs_nest_and_keep_the_order_of_their_lists() {
    let inner = |n: u32| (0..n % 3).map(|i| 10 * n + i).collect::<Vec<_>>();
    let middle = |n: u32| (0..n).map(|i| inner(10 * n + i)).collect::<Vec<_>>();
    for n in 0..5 {
        let expected: Vec<_> = (0..n).map(middle).collect();
        assert_eq!(Nested.run(n).await.unwrap(), expected);
    }
}

#[event]
struct Try(u32);
#[event]
struct Found(u32);

struct FirstTwo {
    done: AtomicUsize,
}

#[workflow]
impl FirstTwo {
    #[step]
    async fn open(&self, Start(n): Start<u32>) -> Vec<Try> {
        (0..n).map(Try).collect()
    }

    #[step(num_workers = 10)]
    async fn work(&self, Try(n): Try) -> Option<Found> {
        sleep(Duration::from_secs(u64::from(100 - n))).await;
        self.done.fetch_add(1, Ordering::SeqCst);
        (n > 0).then_some(Found(n))
    }

    #[step]
    async fn collect(&self, #[collect(take = 2)] found: Vec<Found>) -> Stop<Vec<u32>> {
        Stop(found.into_iter().map(|Found(n)| n).collect())
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_two_to_arrive_are_enough_and_stand_in_list_order() {
    for (n, found, done) in [
        (8, vec![6, 7], 2),
        (2, vec![1], 2),
        (1, vec![], 1),
        (0, vec![], 0),
    ] {
        let flow = Arc::new(FirstTwo {
            done: AtomicUsize::new(0),
        });
        let runner = Runner::new(Arc::clone(&flow));
        assert_eq!(runner.run(n).await.unwrap(), found);
        assert_eq!(flow.done.load(Ordering::SeqCst), done);
    }
}

#[event]
struct Even(u32);
#[event]
struct Odd(u32);
#[event]
struct Evens(Vec<u32>);
#[event]
struct Odds(usize);

/// A list of two kinds of events, collected by kind.
struct Sorted;

#[workflow]
impl Sorted {
    #[step]
    async fn open(&self, Start(n): Start<u32>) -> Vec<OneOf![Number = Even | Odd]> {
        (0..n)
            .map(|n| {
                if n % 2 == 0 {
                    Even(n).into()
                } else {
                    Odd(n).into()
                }
            })
            .collect()
    }

    #[step]
    async fn evens(&self, evens: Vec<Even>) -> Evens {
        Evens(evens.into_iter().map(|Even(n)| n).collect())
    }

    #[step]
    async fn odds(&self, odds: Vec<Odd>) -> Odds {
        Odds(odds.len())
    }

    #[step]
    async fn both(&self, Evens(evens): Evens, Odds(odds): Odds) -> Stop<(Vec<u32>, usize)> {
        Stop((evens, odds))
    }
}

#[tokio::test]
async fn two_steps_collect_two_kinds_of_one_list() {
    assert_eq!(Sorted.run(5).await.unwrap(), (vec![0, 2, 4], 2));
    assert_eq!(Sorted.run(0).await.unwrap(), (vec![], 0));
}

/// One step gives an event, maybe another, two lists and nothing.
struct Several;

#[workflow]
impl Several {
    #[step]
    async fn open(
        &self,
        Start(n): Start<u32>,
    ) -> Result<(Vec<Even>, Option<Evens>, (Vec<Odd>, ()))> {
        let all = |_| ();
        Ok((
            (0..n).map(Even).collect(),
            (n > 1).then(|| Evens(vec![n])),
            ((0..2 * n).map(Odd).collect(), all(n)),
        ))
    }

    #[step]
    async fn evens(&self, evens: Vec<Even>) -> Found {
        Found(u32::try_from(evens.len()).unwrap())
    }

    #[step]
    async fn odds(&self, odds: Vec<Odd>) -> Odds {
        Odds(odds.len())
    }

    #[step]
    async fn all(&self, Found(evens): Found, Odds(odds): Odds, Evens(n): Evens) -> Stop<Vec<u32>> {
        Stop(vec![evens, u32::try_from(odds).unwrap(), n[0]])
    }
}

#[tokio::test]
async fn a_tuple_gives_all_of_its_parts() {
    assert_eq!(Several.run(3).await.unwrap(), [3, 6, 3]);
    let error = Several.run(1).await.unwrap_err();
    assert!(error.to_string().contains("waits for `Evens`"), "{error}");
}

/// Every element goes round a different number of times before it is done.
struct Rounds;

#[workflow]
impl Rounds {
    #[step]
    async fn open(&self, Start(n): Start<u32>) -> Vec<Try> {
        (0..n).map(|n| Try(n % 7 * 1000 + n)).collect()
    }

    #[step]
    async fn turn(&self, Try(n): Try) -> OneOf![Try | Found] {
        if n < 1000 {
            Found(n).into()
        } else {
            Try(n - 1000).into()
        }
    }

    #[step]
    async fn collect(&self, found: Vec<Found>) -> Stop<Vec<u32>> {
        Stop(found.into_iter().map(|Found(n)| n).collect())
    }
}

#[tokio::test]
async fn loops_inside_a_fan_out_stay_in_their_branch() {
    assert_eq!(Rounds.run(100).await.unwrap(), (0..100).collect::<Vec<_>>());
}

/// Gives a list, an empty one, or none.
struct Perhaps;

#[workflow]
impl Perhaps {
    #[step]
    async fn open(&self, Start(n): Start<Option<u32>>) -> (Option<Vec<Try>>, Even) {
        (n.map(|n| (0..n).map(Try).collect()), Even(0))
    }

    #[step]
    async fn collect(&self, tries: Vec<Try>) -> Evens {
        Evens(tries.into_iter().map(|Try(n)| n).collect())
    }

    #[step]
    async fn end(&self, Evens(tries): Evens, _: Even) -> Stop<Vec<u32>> {
        Stop(tries)
    }
}

#[tokio::test]
async fn an_empty_list_is_collected_and_no_list_is_not() {
    assert_eq!(Perhaps.run(Some(2)).await.unwrap(), [0, 1]);
    assert!(Perhaps.run(Some(0)).await.unwrap().is_empty());
    let error = Perhaps.run(None).await.unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("join `end` has `Even` and waits for `Evens`"),
        "{error}"
    );
}

/// Its elements fail, wait for their next attempt, or come to nothing; what comes of them keeps its place in the list.
struct Eventful;

#[workflow]
impl Eventful {
    #[step]
    async fn open(&self, Start(n): Start<u32>) -> Vec<Try> {
        (0..n).map(Try).collect()
    }

    #[step(retry = Retry::fixed(Duration::from_secs(60)).max_attempts(2))]
    async fn work(&self, ctx: Context, Try(n): Try) -> Result<Option<Found>> {
        match n % 4 {
            0 if ctx.attempt().number() == 1 => Err("at first".into()),
            1 => Err("for good".into()),
            2 => Ok(None),
            _ => Ok(Some(Found(n))),
        }
    }

    #[catch_error(steps(work))]
    async fn stand_in(&self, failed: StepFailed) -> Option<Found> {
        failed.event().map(|Try(n)| Found(100 + n))
    }

    #[step]
    async fn collect(&self, found: Vec<Found>) -> Stop<Vec<u32>> {
        Stop(found.into_iter().map(|Found(n)| n).collect())
    }
}

#[tokio::test(start_paused = true)]
async fn what_failed_and_was_mended_keeps_its_place_in_the_list() {
    assert_eq!(Eventful.run(8).await.unwrap(), [0, 101, 3, 4, 105, 7]);
}
