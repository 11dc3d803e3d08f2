//! The workflows that both benchmarks run. Their steps do next to nothing: what is measured is the engine.

use workflows::prelude::*;

/// Steps of [`Chain`].
pub(crate) const CHAIN: u64 = 10;

#[event]
pub(crate) struct First(u64);
#[event]
pub(crate) struct Second(u64);
#[event]
pub(crate) struct Third(u64);
#[event]
pub(crate) struct Fourth(u64);
#[event]
pub(crate) struct Fifth(u64);
#[event]
pub(crate) struct Sixth(u64);
#[event]
pub(crate) struct Seventh(u64);
#[event]
pub(crate) struct Eighth(u64);
#[event]
pub(crate) struct Ninth(u64);

/// A chain of [`CHAIN`] steps; gives its input plus their number.
pub(crate) struct Chain;

#[workflow]
impl Chain {
    #[step]
    async fn one(&self, Start(n): Start<u64>) -> First {
        First(n + 1)
    }

    #[step]
    async fn two(&self, First(n): First) -> Second {
        Second(n + 1)
    }

    #[step]
    async fn three(&self, Second(n): Second) -> Third {
        Third(n + 1)
    }

    #[step]
    async fn four(&self, Third(n): Third) -> Fourth {
        Fourth(n + 1)
    }

    #[step]
    async fn five(&self, Fourth(n): Fourth) -> Fifth {
        Fifth(n + 1)
    }

    #[step]
    async fn six(&self, Fifth(n): Fifth) -> Sixth {
        Sixth(n + 1)
    }

    #[step]
    async fn seven(&self, Sixth(n): Sixth) -> Seventh {
        Seventh(n + 1)
    }

    #[step]
    async fn eight(&self, Seventh(n): Seventh) -> Eighth {
        Eighth(n + 1)
    }

    #[step]
    async fn nine(&self, Eighth(n): Eighth) -> Ninth {
        Ninth(n + 1)
    }

    #[step]
    async fn ten(&self, Ninth(n): Ninth) -> Stop<u64> {
        Stop(n + 1)
    }
}

#[event]
pub(crate) struct Again {
    left: u64,
}

/// One step that takes its own event the given number of times.
pub(crate) struct Turns;

#[workflow]
impl Turns {
    #[step]
    async fn turn(&self, from: OneOf![Start<u64> | Again]) -> OneOf![Again | Stop<u64>] {
        let left = match from {
            TurnInput::Start(Start(turns)) => turns,
            TurnInput::Again(Again { left }) => left,
        };
        if left > 1 {
            Again { left: left - 1 }.into()
        } else {
            Stop(left).into()
        }
    }
}

#[event]
pub(crate) struct Branch(u64);
#[event]
pub(crate) struct Answer(u64);

/// A fan-out of the given width, answered by 16 workers and collected; gives the number of answers.
pub(crate) struct FanOut;

#[workflow]
impl FanOut {
    #[step]
    async fn open(&self, Start(width): Start<u64>) -> Vec<Branch> {
        (0..width).map(Branch).collect()
    }

    #[step(num_workers = 16)]
    async fn answer(&self, Branch(n): Branch) -> Answer {
        Answer(n + 1)
    }

    #[step]
    async fn collect(&self, answers: Vec<Answer>) -> Stop<u64> {
        Stop(answers.len() as u64)
    }
}

#[event]
pub(crate) struct Left {
    rest: u64,
}
#[event]
pub(crate) struct Right;
#[event]
pub(crate) struct Next {
    rest: u64,
}

/// One step that emits a pair, and one that joins the pair, the given number of times.
pub(crate) struct Joins;

#[workflow]
impl Joins {
    #[step]
    async fn split(&self, from: OneOf![Start<u64> | Next]) -> (Left, Right) {
        let rest = match from {
            SplitInput::Start(Start(joins)) => joins,
            SplitInput::Next(Next { rest }) => rest,
        };
        (Left { rest }, Right)
    }

    #[step]
    async fn join(&self, left: Left, _right: Right) -> OneOf![Next | Stop<u64>] {
        if left.rest > 1 {
            Next {
                rest: left.rest - 1,
            }
            .into()
        } else {
            Stop(left.rest).into()
        }
    }
}
