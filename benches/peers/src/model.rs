//! What the library modules share: turning a built workflow into a [`Case`], and counters for
//! libraries whose steps hand no data on.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;

use crate::Case;

/// A workflow that is built and can be run many times.
pub(crate) trait Model: Send + Sync + 'static {
    /// One run from its start to its end; returns the increments that the run itself reports.
    fn run(&self) -> impl Future<Output = Result<u64>> + Send;

    /// The increments that runs did so far and do not report themselves.
    fn counted(&self) -> u64 {
        0
    }
}

/// One run after the other.
pub(crate) fn in_turn(model: impl Model) -> Case {
    let model = Arc::new(model);
    Box::new(move |runs| {
        let model = Arc::clone(&model);
        Box::pin(async move {
            let before = model.counted();
            let mut reported = 0;
            for _ in 0..runs {
                reported += model.run().await?;
            }
            Ok(reported + model.counted() - before)
        })
    })
}

/// Every run in a task of its own, all started before the first is awaited.
pub(crate) fn together(model: impl Model) -> Case {
    let model = Arc::new(model);
    Box::new(move |runs| {
        let model = Arc::clone(&model);
        Box::pin(async move {
            let before = model.counted();
            let tasks: Vec<_> = (0..runs).map(|_| spawn(&model)).collect();
            let mut reported = 0;
            for task in tasks {
                reported += task.await??;
            }
            Ok(reported + model.counted() - before)
        })
    })
}

fn spawn<M: Model>(model: &Arc<M>) -> tokio::task::JoinHandle<Result<u64>> {
    let model = Arc::clone(model);
    tokio::spawn(async move { model.run().await })
}

/// A counter that a step owns. It has a cache line of its own, so that steps on different threads
/// do not slow each other down.
#[derive(Debug, Default)]
#[repr(align(64))]
pub(crate) struct Tally(AtomicU64);

impl Tally {
    /// Adds one and returns the new count.
    pub(crate) fn add(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Makes `count` counters.
    pub(crate) fn several(count: u64) -> Vec<Arc<Self>> {
        (0..count).map(|_| Arc::default()).collect()
    }

    /// The sum of all counts.
    pub(crate) fn sum(tallies: &[Arc<Self>]) -> u64 {
        tallies
            .iter()
            .map(|tally| tally.0.load(Ordering::Relaxed))
            .sum()
    }
}
