//! Failing well: a step that is tried again with a growing delay, a timeout for each attempt, a result that is made only
//! once, and a handler that stands in for what failed for good.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use workflows::prelude::*;

#[event]
struct Order(String);
#[event]
struct Shipped(String);

/// What the carrier answers.
#[derive(Debug, thiserror::Error)]
#[error("the carrier says {0}")]
struct Refusal(u16);

/// Ships orders with a carrier that is often busy and knows some places not at all.
#[derive(Default)]
struct Shop {
    calls: AtomicU32,
}

impl Shop {
    async fn call_carrier(&self, place: &str) -> Result<(), Refusal> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        match place {
            "Atlantis" => Err(Refusal(404)),
            "Oslo" if call < 4 => Err(Refusal(503)),
            _ => Ok(()),
        }
    }
}

#[workflow]
impl Shop {
    #[step]
    async fn open(&self, Start(places): Start<Vec<String>>) -> Vec<Order> {
        places.into_iter().map(Order).collect()
    }

    /// Books once, and asks the carrier until it is not busy.
    #[step(
        timeout = "5s",
        retry = Retry::exponential(Duration::from_millis(10)).max_attempts(9).when(|Refusal(code)| *code >= 500)
    )]
    async fn ship(&self, ctx: Context, Order(place): Order) -> Result<Shipped> {
        let booking: String = ctx
            .once("booking", async || {
                println!("booked for {place}");
                Ok::<_, Refusal>(format!("#{}", place.len()))
            })
            .await?;
        self.call_carrier(&place).await?;
        let attempt = ctx.attempt().number();
        Ok(Shipped(format!("{place} {booking} (attempt {attempt})")))
    }

    /// Stands in for an order that cannot be shipped.
    #[catch_error(steps(ship))]
    async fn refund(&self, failed: StepFailed) -> Option<Shipped> {
        let Order(place) = failed.event()?;
        Some(Shipped(format!(
            "{place} refunded: {}",
            failed.error().cause()
        )))
    }

    #[step]
    async fn close(&self, shipped: Vec<Shipped>) -> Stop<Vec<String>> {
        Stop(shipped.into_iter().map(|Shipped(text)| text).collect())
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let places = ["Oslo", "Atlantis", "Lima"].map(str::to_owned).to_vec();
    for line in Shop::default().run(places).await? {
        println!("{line}");
    }
    Ok(())
}
