//! Branches and loops: a step that returns one of several events decides where the run goes, and an event that goes
//! back to an earlier step makes a loop.
//!
//! Follows a number down to 1 by Collatz' rule: halve what is even, triple what is odd and add one.

use workflows::prelude::*;

#[event]
struct Number(u64);
#[event]
struct Even(u64);
#[event]
struct Odd(u64);

/// The numbers on the way.
#[state]
struct Path {
    numbers: Vec<u64>,
}

struct Collatz;

#[workflow]
impl Collatz {
    /// Begins with the input.
    #[step]
    async fn begin(&self, Start(number): Start<u64>) -> Number {
        Number(number)
    }

    /// Branches; every number comes back here until it is 1.
    #[step]
    async fn decide(
        &self,
        ctx: Context<Path>,
        Number(number): Number,
    ) -> Result<OneOf![Even | Odd | Stop<Vec<u64>>]> {
        let numbers = ctx
            .store()
            .edit_state(|path| {
                path.numbers.push(number);
                path.numbers.clone()
            })
            .await?;
        Ok(match number {
            0 => return Err("0 never becomes 1".into()),
            1 => Stop(numbers).into(),
            even if even.is_multiple_of(2) => Even(even).into(),
            odd => Odd(odd).into(),
        })
    }

    /// Halves.
    #[step]
    async fn halve(&self, Even(number): Even) -> Number {
        Number(number / 2)
    }

    /// Triples and adds one; fails where the number becomes too large.
    #[step]
    async fn triple(&self, Odd(number): Odd) -> Result<Number> {
        let tripled = number
            .checked_mul(3)
            .and_then(|number| number.checked_add(1));
        Ok(Number(tripled.ok_or("the number became too large")?))
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    println!("{:?}", Collatz.run(6).await?);
    if let Err(error) = Collatz.run(u64::MAX).await {
        println!("{error:?}");
    }
    Ok(())
}
