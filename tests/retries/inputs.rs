//! Joins and collections that are tried again: on what they ran on, and on nothing twice.

use workflows::prelude::*;

use crate::{Done, Status, Work};

/// Joins, collects, and fails in both.
struct Gathering;

#[workflow]
impl Gathering {
    #[step]
    async fn open(&self, Start(count): Start<u32>) -> Vec<OneOf![Half = Work | Done]> {
        let halves = |n| [Work(n).into(), Done(10 * n).into()];
        (1..=count).flat_map(halves).collect()
    }

    #[step]
    async fn left(&self, Work(n): Work) -> Left {
        Left(n)
    }

    #[step]
    async fn right(&self, Done(n): Done) -> Right {
        Right(n)
    }

    #[step(retry = Retry::immediately().max_attempts(3))]
    async fn lefts(&self, ctx: Context, lefts: Vec<Left>) -> Result<Lefts, Status> {
        if ctx.attempt().number() < 3 {
            return Err(Status(1));
        }
        Ok(Lefts(lefts.into_iter().map(|Left(n)| n).collect()))
    }

    #[step]
    async fn rights(&self, rights: Vec<Right>) -> Rights {
        Rights(rights.into_iter().map(|Right(n)| n).collect())
    }

    #[step(retry = Retry::immediately().max_attempts(3))]
    async fn join(
        &self,
        ctx: Context,
        Lefts(lefts): Lefts,
        Rights(rights): Rights,
    ) -> Result<Pairs, Status> {
        if ctx.attempt().number() < 3 {
            return Err(Status(2));
        }
        Ok(Pairs(lefts, rights))
    }

    #[step]
    async fn end(&self, Pairs(lefts, rights): Pairs) -> Stop<(Vec<u32>, Vec<u32>)> {
        Stop((lefts, rights))
    }
}

#[event]
struct Left(u32);
#[event]
struct Right(u32);
#[event]
struct Lefts(Vec<u32>);
#[event]
struct Rights(Vec<u32>);
#[event]
struct Pairs(Vec<u32>, Vec<u32>);

#[tokio::test]
async fn a_join_and_a_collection_are_tried_again_on_the_same_events() {
    let gathered = Gathering.run(3).await.unwrap();
    assert_eq!(gathered, (vec![1, 2, 3], vec![10, 20, 30]));
}

/// Opens a list in the third attempt, after two that fail with theirs half made.
struct Opening;

#[workflow]
impl Opening {
    #[step(retry = Retry::immediately().max_attempts(3))]
    async fn open(
        &self,
        ctx: Context,
        out: Emitter<Work>,
        _: Start<()>,
    ) -> Result<Vec<Done>, Status> {
        let number = ctx.attempt().number();
        out.send(Work(number));
        if number < 3 {
            return Err(Status(3));
        }
        Ok(vec![Done(1), Done(2)])
    }

    #[step]
    async fn note(&self, ctx: Context, Work(n): Work) -> Result<()> {
        Ok(ctx
            .store()
            .edit_state(|state| drop(state.insert(n.to_string(), n)))
            .await?)
    }

    #[step]
    async fn collect(&self, ctx: Context, done: Vec<Done>) -> Result<Stop<(usize, usize)>> {
        let notes = ctx.store().get_state().await?.len();
        Ok(Stop((done.len(), notes)))
    }
}

#[tokio::test]
async fn a_list_is_opened_once_by_the_attempt_that_returns() {
    assert_eq!(Opening.run(()).await.unwrap(), (2, 1));
}
