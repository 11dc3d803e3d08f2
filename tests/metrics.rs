//! The metrics of runs, as a recorder sees them.

use std::{collections::BTreeMap, time::Duration};

use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use workflows::prelude::*;

#[event]
struct Part(u32);
#[event]
struct Done;

struct Flow;

#[workflow]
impl Flow {
    #[step]
    async fn split(&self, Start(n): Start<u32>) -> Vec<Part> {
        (0..n).map(Part).collect()
    }

    #[step(num_workers = 1, retry = Retry::immediately().max_attempts(2))]
    async fn work(&self, ctx: Context, Part(n): Part) -> Result<Done> {
        tokio::time::sleep(Duration::from_secs(1)).await;
        match (n, ctx.attempt().number()) {
            (1, 1) => Err("no luck".into()),
            (9, _) => panic!("out of luck"),
            _ => Ok(Done),
        }
    }

    #[step]
    async fn collect(&self, done: Vec<Done>) -> Stop<usize> {
        Stop(done.len())
    }
}

/// What was measured, a line for each: counters, gauges, and the values of histograms.
fn measured(recorder: &DebuggingRecorder) -> BTreeMap<String, String> {
    let all = recorder.snapshotter().snapshot().into_vec().into_iter();
    let lines = all.map(|(key, _, _, value)| {
        let key = key.key();
        let labels: Vec<_> = key.labels().map(metrics::Label::value).collect();
        let value = match value {
            DebugValue::Counter(count) => count.to_string(),
            DebugValue::Gauge(level) => level.to_string(),
            DebugValue::Histogram(values) => {
                let values = values.iter().map(ToString::to_string);
                values.collect::<Vec<_>>().join(" ")
            }
        };
        (format!("{} {}", key.name(), labels.join(" ")), value)
    });
    lines.collect()
}

/// Runs in a thread whose metrics are its own.
fn metered(work: impl AsyncFnOnce()) -> BTreeMap<String, String> {
    let recorder = DebuggingRecorder::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    let runtime = runtime.expect("the system has a thread");
    metrics::with_local_recorder(&recorder, || runtime.block_on(work()));
    measured(&recorder)
}

#[test]
fn runs_and_attempts_are_counted_and_timed() {
    let measured = metered(async || {
        assert!(Flow.run(3).await.is_ok());
        assert!(Flow.run(10).await.is_err());
    });
    let expected = [
        ("workflows.queue.depth Flow", "0"),
        ("workflows.run.duration Flow failed", "11"),
        ("workflows.run.duration Flow stopped", "4"),
        ("workflows.runs.active Flow", "0"),
        ("workflows.runs.ended Flow failed", "1"),
        ("workflows.runs.ended Flow stopped", "1"),
        ("workflows.runs.started Flow", "2"),
        ("workflows.step.attempts Flow collect", "1"),
        ("workflows.step.attempts Flow split", "2"),
        ("workflows.step.attempts Flow work", "15"),
        ("workflows.step.duration Flow collect ok", "0"),
        ("workflows.step.duration Flow split ok", "0 0"),
        ("workflows.step.duration Flow work error", "1 1"),
        (
            "workflows.step.duration Flow work ok",
            "1 1 1 1 1 1 1 1 1 1 1 1",
        ),
        ("workflows.step.duration Flow work panic", "1"),
        ("workflows.step.failures Flow work error", "2"),
        ("workflows.step.failures Flow work panic", "1"),
        ("workflows.step.retries Flow work", "2"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(measured, BTreeMap::from(expected));
}

#[test]
fn what_waits_is_in_the_queue_and_a_dropped_run_leaves_it() {
    let under_way = metered(async || {
        let run = Flow.run(5).start();
        tokio::time::sleep(Duration::from_millis(1500)).await;
        drop(run);
    });
    assert_eq!(under_way["workflows.runs.active Flow"], "1");
    assert_eq!(under_way["workflows.queue.depth Flow"], "3");

    let dropped = metered(async || {
        let late = tokio::time::timeout(Duration::from_millis(1500), Flow.run(5));
        assert!(late.await.is_err());
    });
    assert_eq!(dropped["workflows.runs.ended Flow dropped"], "1");
    assert_eq!(dropped["workflows.runs.active Flow"], "0");
    assert_eq!(dropped["workflows.queue.depth Flow"], "0");
}
