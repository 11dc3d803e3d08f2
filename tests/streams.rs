//! The event stream of a run.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where it unwraps, in its steps too"
)]

use std::sync::Arc;

use futures_util::{FutureExt, StreamExt};
use tokio::sync::Semaphore;
use workflows::{
    EventStream, Lagged, RunCancelled, RunFailed, RunLimitExceeded, RunStalled, RunTimedOut,
    prelude::*,
};

#[event]
struct Progress(u64);
#[event(input_required)]
struct Question;

/// Publishes as many events as its input says, one for each permit.
#[derive(Default)]
struct Publisher {
    permits: Option<Arc<Semaphore>>,
}

#[workflow]
impl Publisher {
    #[step]
    async fn publish(&self, ctx: Context, Start(n): Start<u64>) -> Stop<u64> {
        for i in 0..n {
            if let Some(permits) = &self.permits {
                permits.acquire().await.unwrap().forget();
            }
            ctx.write_event_to_stream(Progress(i));
        }
        Stop(n)
    }
}

/// The sequence numbers and the names of what is left.
async fn rest(mut events: EventStream) -> Vec<(u64, String)> {
    let mut rest = Vec::new();
    while let Some(event) = events.next().await {
        rest.push((event.sequence(), event.name().to_owned()));
    }
    assert!(events.next().await.is_none());
    rest
}

fn published(from: u64, to: u64) -> Vec<(u64, String)> {
    let progress = (from..to).map(|n| (n, "Progress".to_owned()));
    progress.chain([(to, "Stop".to_owned())]).collect()
}

#[tokio::test]
async fn every_reader_sees_every_event_in_order_without_a_gap() {
    let run = Publisher::default().run(1000).start();
    let readers = [(); 3].map(|()| tokio::spawn(rest(run.stream_events())));
    for reader in readers {
        assert_eq!(reader.await.unwrap(), published(0, 1000));
    }
    assert_eq!(run.await.unwrap(), 1000);
}

#[tokio::test]
async fn a_reader_begins_where_it_likes() {
    let run = Publisher::default().run(100).start();
    assert_eq!(rest(run.stream_events_from(90)).await, published(90, 100));
    assert_eq!(rest(run.stream_events_from(100)).await, published(100, 100));
    assert_eq!(rest(run.stream_events_from(101)).await, []);
    assert_eq!(rest(run.stream_events_from(u64::MAX)).await, []);
}

#[tokio::test]
async fn a_reader_made_after_the_end_sees_everything() {
    let mut run = Publisher::default().run(100).start();
    (&mut run).await.unwrap();
    assert_eq!(rest(run.stream_events()).await, published(0, 100));
}

#[tokio::test]
async fn a_reader_sees_an_event_as_soon_as_it_is_published() {
    let permits = Arc::new(Semaphore::new(0));
    let flow = Publisher {
        permits: Some(Arc::clone(&permits)),
    };
    let run = flow.run(3).start();
    let mut events = run.stream_events();
    for i in 0..3 {
        assert!(events.next().now_or_never().is_none());
        permits.add_permits(1);
        let event = events.next().await.unwrap();
        assert_eq!(event.downcast_ref::<Progress>().unwrap().0, i);
        assert_eq!(event.to_json().unwrap(), serde_json::json!(i));
    }
    assert!(events.next().await.unwrap().is::<Stop<u64>>());
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn a_slow_reader_is_told_how_much_it_missed_and_goes_on_with_what_is_left() {
    let runner = Runner::builder(Publisher::default())
        .stream_capacity(10)
        .build();
    let mut run = runner.run(100).start();
    let mut slow = run.stream_events();
    (&mut run).await.unwrap();
    let lagged = slow.next().await.unwrap();
    assert_eq!(lagged.sequence(), 90);
    assert_eq!(lagged.downcast_ref::<Lagged>().unwrap().missed, 91);
    assert_eq!(rest(slow).await, published(91, 100));
}

#[tokio::test]
async fn a_reader_that_falls_behind_later_lags_later() {
    let permits = Arc::new(Semaphore::new(5));
    let flow = Publisher {
        permits: Some(Arc::clone(&permits)),
    };
    let runner = Runner::builder(flow).stream_capacity(4).build();
    let mut run = runner.run(200).start();
    let mut events = run.stream_events_from(3);
    assert_eq!(events.next().await.unwrap().sequence(), 3);
    permits.add_permits(200);
    (&mut run).await.unwrap();
    let seen = rest(events).await;
    let lagged = seen.iter().position(|(_, name)| name == "Lagged").unwrap();
    assert_eq!(seen[lagged].0, 196);
    assert_eq!(seen[lagged + 1..], published(197, 200));
}

#[tokio::test]
async fn a_reader_that_is_dropped_leaves_the_others_alone() {
    let permits = Arc::new(Semaphore::new(0));
    let flow = Publisher {
        permits: Some(Arc::clone(&permits)),
    };
    let run = flow.run(2).start();
    let (mut dropped, mut kept) = (run.stream_events(), run.stream_events());
    assert!(dropped.next().now_or_never().is_none());
    assert!(kept.next().now_or_never().is_none());
    drop(dropped);
    permits.add_permits(2);
    assert_eq!(kept.next().await.unwrap().sequence(), 0);
    assert_eq!(rest(run.stream_events()).await, published(0, 2));
    assert_eq!(rest(kept).await, published(1, 2));
}

#[tokio::test]
async fn a_stream_is_a_futures_stream() {
    let run = Publisher::default().run(5).start();
    assert_eq!(run.stream_events().count().await, 6);
}

/// Ends in the way that its input names.
struct Ending;

#[workflow]
impl Ending {
    #[step]
    async fn end(
        &self,
        ctx: Context,
        out: Emitter<Turn>,
        Start(how): Start<String>,
    ) -> Result<Option<Stop<String>>> {
        ctx.write_event_to_stream(Progress(0));
        match how.as_str() {
            "stop" => Ok(Some(Stop(how))),
            "fail" => Err(anyhow::anyhow!("at the bottom")
                .context("at the top")
                .into()),
            "panic" => panic!("out of luck"),
            "stall" => Ok(None),
            "exceed" => {
                out.send(Turn);
                Ok(None)
            }
            _ => std::future::pending().await,
        }
    }

    #[step(allow(dead_end))]
    async fn turn(&self, turn: Turn) -> Option<Turn> {
        Some(turn)
    }
}

#[event]
struct Turn;

/// The last event, and how the run ended.
async fn last(how: &str) -> (workflows::StreamEvent, Result<String, RunError>) {
    let run = Runner::builder(Ending)
        .max_invocations(10)
        .build()
        .run(how.to_owned())
        .timeout(std::time::Duration::from_secs(60))
        .start();
    let events = run.stream_events();
    if how == "cancel" {
        run.cancel();
    }
    let all: Vec<_> = events.collect().await;
    let last = all.last().unwrap().clone();
    assert_eq!(last.sequence() as usize + 1, all.len());
    (last, run.await)
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_the_ending_of_its_run() {
    let (stopped, result) = last("stop").await;
    assert_eq!(stopped.downcast_ref(), Some(&Stop("stop".to_owned())));
    assert_eq!(result.unwrap(), "stop");

    let (failed, result) = last("fail").await;
    let failed = failed.downcast_ref::<RunFailed>().unwrap();
    assert_eq!((failed.step.as_str(), failed.attempts), ("end", 1));
    assert_eq!(failed.error, "at the top: at the bottom");
    assert!(matches!(result, Err(RunError::Step(error)) if !error.is_panic()));

    let (panicked, result) = last("panic").await;
    let panicked = panicked.downcast_ref::<RunFailed>().unwrap();
    assert_eq!(panicked.error, "out of luck");
    assert!(matches!(result, Err(RunError::Step(error)) if error.is_panic()));

    let (stalled, result) = last("stall").await;
    assert_eq!(
        stalled.downcast_ref::<RunStalled>().unwrap().error,
        "the run of `Ending` has nothing left to do, and no step returned `Stop`"
    );
    assert!(matches!(result, Err(RunError::Stalled { .. })));

    let (exceeded, result) = last("exceed").await;
    assert_eq!(
        exceeded.downcast_ref::<RunLimitExceeded>().unwrap().error,
        "the run of `Ending` was ended: more than 10 invocations of its steps are not allowed"
    );
    assert!(matches!(result, Err(RunError::LimitExceeded { .. })));

    let (cancelled, result) = last("cancel").await;
    assert!(cancelled.is::<RunCancelled>());
    assert!(matches!(result, Err(RunError::Cancelled { .. })));

    let (timed_out, result) = last("wait").await;
    assert_eq!(
        timed_out.downcast_ref::<RunTimedOut>().unwrap().running,
        ["end"]
    );
    assert!(matches!(result, Err(RunError::TimedOut { .. })));
}

/// What a run brings home.
#[data]
#[derive(PartialEq)]
struct Report {
    title: String,
    pages: Option<u32>,
    notes: Vec<String>,
}

/// Publishes a `Stop` that is not its own, and then goes on.
struct Early;

#[workflow]
impl Early {
    #[step]
    async fn work(&self, ctx: Context, Start(report): Start<Report>) -> Stop<Report> {
        ctx.write_event_to_stream(Stop("not yet".to_owned()));
        tokio::task::yield_now().await;
        ctx.write_event_to_stream(Progress(1));
        Stop(report)
    }
}

fn report() -> Report {
    let (title, notes) = ("crabs".to_owned(), vec!["sideways".to_owned()]);
    let pages = Some(8);
    Report {
        title,
        pages,
        notes,
    }
}

#[tokio::test]
async fn a_stop_that_a_step_publishes_ends_neither_the_stream_nor_the_run() {
    let run = Early.run(report()).start();
    let names: Vec<_> = rest(run.stream_events()).await;
    let names: Vec<_> = names.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["Stop", "Progress", "Stop"]);
    assert_eq!(run.await.unwrap(), report());
}

#[tokio::test]
async fn the_stop_on_the_stream_holds_every_field_of_the_result() {
    let run = Early.run(report()).start();
    let events: Vec<_> = run.stream_events().collect().await;
    let stop = events.last().unwrap();
    let json = serde_json::json!({ "title": "crabs", "pages": 8, "notes": ["sideways"] });
    assert_eq!(stop.to_json().unwrap(), json);
    assert_eq!(stop.downcast_ref(), Some(&Stop(report())));
}

#[tokio::test]
async fn a_reader_that_stops_in_the_middle_holds_nothing_up() {
    let permits = Arc::new(Semaphore::new(3));
    let flow = Publisher {
        permits: Some(Arc::clone(&permits)),
    };
    let run = flow.run(6).start();
    let mut events = run.stream_events();
    for i in 0..2 {
        assert_eq!(events.next().await.unwrap().sequence(), i);
    }
    // Neither a snapshot nor the end of the run waits for it, and it goes on where it was.
    run.snapshot().await.unwrap();
    permits.add_permits(3);
    assert_eq!(run.await.unwrap(), 6);
    assert_eq!(rest(events).await, published(2, 6));
}

struct Asking;

#[workflow]
impl Asking {
    #[step]
    async fn ask(&self, _: Start<()>) -> (Question, Progress) {
        (Question, Progress(1))
    }

    #[step]
    async fn done(&self, _: Progress) -> Stop<()> {
        Stop(())
    }

    #[step]
    async fn log(&self, _: Question) {}
}

#[tokio::test]
async fn a_question_is_published_when_it_is_emitted_and_other_events_are_not() {
    let run = Asking.run(()).start();
    let names = rest(run.stream_events()).await;
    assert_eq!(names, [(0, "Question".to_owned()), (1, "Stop".to_owned())]);
    run.await.unwrap();
}

#[tokio::test]
async fn a_run_that_is_awaited_directly_needs_no_reader() {
    assert_eq!(Publisher::default().run(100_000).await.unwrap(), 100_000);
}
