//! A run that does a little of everything: cut anywhere, it goes on where it was.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::time::Instant;
use workflows::{Misfit, RestoreError, Session, Snapshot, prelude::*};

use crate::{MINUTE, carried};

#[event(input_required)]
struct Question(String);

#[event(human_response)]
struct Answer(u32);

#[event]
struct Part(u32);

#[event]
struct Left(u32);

#[event]
struct Right(u32);

#[event]
struct Pair(u32);

#[event]
struct Late(u32);

#[event]
struct Sum(u32);

#[event]
struct Note(u32);

/// What the steps have committed.
#[state]
#[derive(PartialEq)]
struct Ledger {
    committed: Vec<String>,
}

/// Does a little of everything.
#[derive(Default)]
struct Everything {
    charges: AtomicU32,
}

impl Everything {
    fn commit(ctx: &Context<Ledger>, what: impl ToString) {
        let what = format!("{} {}", ctx.step_name(), what.to_string());
        ctx.edit_on_commit(move |ledger| ledger.committed.push(what));
    }
}

#[workflow]
impl Everything {
    #[step]
    async fn open(&self, ctx: Context<Ledger>, Start(parts): Start<u32>) -> Vec<Part> {
        Self::commit(&ctx, parts);
        tokio::task::yield_now().await;
        (1..=parts).map(Part).collect()
    }

    #[step(num_workers = 2, retry = Retry::fixed(MINUTE))]
    async fn split(&self, ctx: Context<Ledger>, Part(n): Part) -> Result<(Left, Right)> {
        ctx.sleep(MINUTE * n).await;
        if ctx.attempt().failures() < n % 3 {
            return Err("not this time".into());
        }
        Self::commit(&ctx, n);
        Ok((Left(n), Right(10 * n)))
    }

    #[step]
    async fn join(&self, ctx: Context<Ledger>, Left(left): Left, Right(right): Right) -> Pair {
        tokio::task::yield_now().await;
        Self::commit(&ctx, left);
        Pair(left + right)
    }

    #[step]
    async fn sum(&self, ctx: Context<Ledger>, out: Emitter<Late>, pairs: Vec<Pair>) -> Sum {
        Self::commit(&ctx, pairs.len());
        out.send_after(Late(1000), MINUTE);
        Sum(pairs.into_iter().map(|Pair(n)| n).sum())
    }

    #[step]
    async fn ask(
        &self,
        ctx: Context<Ledger>,
        human: Waiter<Answer>,
        notes: Emitter<Note>,
        Sum(sum): Sum,
        Late(late): Late,
    ) -> Result<Stop<u32>> {
        // Committed with the wait: the step that begins again after a cut sends it no second time.
        notes.send(Note(1));
        let first = human.wait().announce(Question("first".to_owned()));
        let Answer(first) = first.await?;
        let charge = async || Ok::<_, String>(self.charges.fetch_add(1, Ordering::SeqCst) + 500);
        ctx.once("charge", charge).await?;
        tokio::task::yield_now().await;
        notes.send(Note(2));
        let second = human.wait().announce(Question("second".to_owned()));
        let Answer(second) = second.timeout(MINUTE * 60).await?;
        Self::commit(&ctx, second);
        Ok(Stop(sum + late + first + second))
    }

    #[step]
    async fn note(&self, ctx: Context<Ledger>, Note(n): Note) {
        Self::commit(&ctx, n);
    }
}

/// 1..=4, each with its tenfold, then 1000 that came late, 10_000 and 100_000 from outside.
const RESULT: u32 = 11 * (1 + 2 + 3 + 4) + 1000 + 110_000;

/// Lets tasks run; where all of them sleep, time passes.
async fn turns(count: usize) {
    for turn in 0..count {
        if turn % 4 == 3 {
            tokio::time::sleep(Duration::from_secs(20)).await;
        } else {
            tokio::task::yield_now().await;
        }
    }
}

/// Answers what the run asks from here on, and what it has asked before, and gives its result.
async fn finish(handle: RunHandle<Everything>, answered: u32) -> (u32, Vec<String>) {
    let mut questions = Vec::new();
    let mut events = handle.stream_events();
    let answers = [10_000, 100_000];
    for answer in &answers[answered as usize..] {
        handle.send_event(Answer(*answer)).unwrap();
    }
    let result = handle.await.unwrap();
    while let Some(event) = events.next().await {
        if let Some(Question(text)) = event.downcast_ref() {
            questions.push(text.clone());
        }
    }
    (result, questions)
}

fn committed(snapshot: &Snapshot) -> Vec<String> {
    let mut committed: Vec<String> =
        serde_json::from_value(snapshot.state()["committed"].clone()).unwrap();
    committed.sort();
    committed
}

async fn state_of(session: &Session<Everything>) -> Vec<String> {
    committed(&session.snapshot().await.unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_cut_anywhere_ends_as_if_it_had_not_been() {
    let whole = {
        let session = Runner::new(Everything::default()).session();
        let (result, questions) = finish(session.run(4).start(), 0).await;
        assert_eq!((result, questions.len()), (RESULT, 2));
        state_of(&session).await
    };
    assert_eq!(whole.len(), 1 + 4 + 4 + 1 + 2 + 1);
    let mut cuts = 0;
    for cut in 0..600 {
        let session = Runner::new(Everything::default()).session();
        let handle = session.run(4).start();
        let mut events = handle.stream_events();
        turns(cut).await;
        if cut % 2 == 1 {
            let _ = handle.send_event(Answer(10_000));
            turns(3).await;
        }
        let Ok(snapshot) = handle.snapshot().await else {
            break;
        };
        handle.cancel();
        drop(handle.await);
        // The run has gone on after the snapshot, until it was cancelled.
        let value = serde_json::to_value(&snapshot).unwrap();
        let before = value["runs"][0]["stream"].as_u64().unwrap();
        let mut asked = Vec::new();
        while let Some(event) = events.next().await
            && event.sequence() < before
        {
            asked.extend(event.downcast_ref().map(|Question(text)| text.clone()));
        }
        let restored = Runner::new(Everything::default());
        let restored = restored.restore(carried(&snapshot)).unwrap();
        let mut runs = restored.restored_runs();
        let (result, more) = finish(runs.remove(0), (cut % 2) as u32).await;
        assert_eq!(result, RESULT, "cut after {cut} turns");
        asked.extend(more);
        assert_eq!(asked, ["first", "second"], "cut after {cut} turns");
        assert_eq!(state_of(&restored).await, whole, "cut after {cut} turns");
        cuts += 1;
        if cut > 150 {
            break;
        }
    }
    assert!(cuts > 100, "{cuts}");
}

#[tokio::test(start_paused = true)]
async fn a_result_that_was_recorded_is_not_made_again() {
    let flow = Arc::new(Everything::default());
    let session = Runner::new(Arc::clone(&flow)).session();
    let handle = session.run(1).start();
    handle.send_event(Answer(1)).unwrap();
    tokio::time::sleep(MINUTE * 30).await;
    assert_eq!(flow.charges.load(Ordering::SeqCst), 1);
    let snapshot = handle.snapshot().await.unwrap();
    let restored = Runner::new(Arc::clone(&flow))
        .restore(carried(&snapshot))
        .unwrap();
    let run = restored.restored_runs().remove(0);
    assert_eq!(run.run_id(), handle.run_id());
    run.send_event(Answer(2)).unwrap();
    assert_eq!(run.await.unwrap(), 11 + 1000 + 3);
    assert_eq!(flow.charges.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_a_wait_goes_on_across_the_cut() {
    let handle = Everything::default().run(1).start();
    handle.send_event(Answer(1)).unwrap();
    tokio::time::sleep(MINUTE * 30).await;
    let snapshot = handle.snapshot().await.unwrap();
    handle.cancel();
    let restored = Runner::new(Everything::default())
        .restore(carried(&snapshot))
        .unwrap();
    let began = Instant::now();
    let error = restored.restored_runs().remove(0).await.unwrap_err();
    let text = "step `ask` failed on event `Late`: no `Answer` came within 3600s";
    assert_eq!(error.to_string(), text);
    assert!(began.elapsed() < MINUTE * 40, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_a_run_counts_the_time_in_which_it_is_under_way() {
    let runner = Runner::builder(Everything::default())
        .timeout(MINUTE * 10)
        .build();
    let handle = runner.run(1).start();
    tokio::time::sleep(MINUTE * 8).await;
    let snapshot = handle.snapshot().await.unwrap();
    handle.cancel();
    // The process is down meanwhile.
    tokio::time::sleep(MINUTE * 100).await;
    let restored = runner.restore(carried(&snapshot)).unwrap();
    let began = Instant::now();
    let error = restored.restored_runs().remove(0).await.unwrap_err();
    assert!(matches!(error, RunError::TimedOut { .. }), "{error}");
    assert_eq!(began.elapsed(), MINUTE * 2);
}

#[tokio::test(start_paused = true)]
async fn a_paused_run_is_restored_paused() {
    let handle = Everything::default().run(2).start();
    tokio::task::yield_now().await;
    handle.pause();
    let snapshot = handle.snapshot().await.unwrap();
    handle.cancel();
    let restored = Runner::new(Everything::default())
        .restore(carried(&snapshot))
        .unwrap();
    let run = restored.restored_runs().remove(0);
    tokio::time::sleep(MINUTE * 100).await;
    assert_eq!(state_of(&restored).await, committed(&snapshot));
    run.resume();
    let (result, _) = finish(run, 0).await;
    assert_eq!(result, 11 * 3 + 1000 + 110_000);
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_is_plain_data_in_any_format() {
    let handle = Everything::default().run(3).start();
    tokio::time::sleep(MINUTE * 2).await;
    let snapshot = handle.snapshot().await.unwrap();
    let bytes = postcard::to_allocvec(&snapshot).unwrap();
    let snapshot: Snapshot = postcard::from_bytes(&bytes).unwrap();
    assert_eq!((snapshot.workflow(), snapshot.version()), ("Everything", 1));
    assert_eq!(snapshot.run_ids().collect::<Vec<_>>(), [handle.run_id()]);
    let restored = Runner::new(Everything::default())
        .restore(snapshot)
        .unwrap();
    let (result, _) = finish(restored.restored_runs().remove(0), 0).await;
    assert_eq!(result, 11 * 6 + 1000 + 110_000);
}

fn refused(change: impl FnOnce(&mut Value), snapshot: &Snapshot) -> Vec<Misfit> {
    let mut value = serde_json::to_value(snapshot).unwrap();
    change(&mut value);
    let snapshot = serde_json::from_value(value).unwrap();
    let error: RestoreError = Runner::new(Everything::default())
        .restore(snapshot)
        .unwrap_err();
    error.misfits().to_vec()
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_does_not_fit_is_refused_with_all_that_stands_in_the_way() {
    let handle = Everything::default().run(4).start();
    handle.pause();
    tokio::time::sleep(MINUTE).await;
    let snapshot = handle.snapshot().await.unwrap();
    let misfits = refused(|value| value["workflow"] = json!("Other"), &snapshot);
    let wanted = Misfit::OtherWorkflow {
        expected: "Everything".to_owned(),
        found: "Other".to_owned(),
    };
    assert_eq!(misfits, [wanted]);
    let misfits = refused(|value| value["format"] = json!(9), &snapshot);
    assert_eq!(misfits, [Misfit::LaterFormat { known: 1, found: 9 }]);
    let misfits = refused(
        |value| {
            let in_flight = &mut value["runs"][0]["in_flight"];
            in_flight["queued"][0]["step"] = json!("gone");
            in_flight["queued"][1]["input"]["One"]["event"] = json!("Lost");
            in_flight["queued"][2]["input"]["One"]["data"] = json!("no number");
            value["state"] = json!({ "committed": 5 });
        },
        &snapshot,
    );
    let texts: Vec<_> = misfits.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "the state cannot be read: invalid type: integer `5`, expected a sequence",
            "work is in flight for step `gone`, which the workflow does not have",
            "event `Lost` is in flight, which the workflow does not have",
            "event `Part` in flight cannot be read: invalid type: string \"no number\", expected u32",
        ]
    );
    let misfits = refused(
        |value| value["runs"][0]["in_flight"]["queued"][0]["place"]["fan_out"] = json!(77),
        &snapshot,
    );
    let text = misfits[0].to_string();
    assert_eq!(
        text,
        "it contradicts itself: work is in fan-out 77, which is not there"
    );
}

#[event]
struct Turn(u64);

/// Turns until it is told the number of turns.
struct Turning;

#[workflow]
impl Turning {
    #[step]
    async fn turn(
        &self,
        ctx: Context<Turns>,
        event: OneOf![Start<u64> | Turn],
    ) -> Result<OneOf![Turn | Stop<u64>]> {
        let (TurnInput::Start(Start(n)) | TurnInput::Turn(Turn(n))) = event;
        ctx.edit_on_commit(|turns| turns.made += 1);
        if n == 0 {
            let turns = ctx.store().get_state().await?;
            return Ok(Stop(turns.made).into());
        }
        Ok(Turn(n - 1).into())
    }
}

#[state]
struct Turns {
    made: u64,
}

#[tokio::test]
async fn a_run_whose_steps_are_all_ready_at_once_can_be_snapshotted_between_them() {
    let runner = Runner::new(Turning);
    let run = runner.run(u64::MAX).start();
    tokio::task::yield_now().await;
    let snapshot = run.snapshot().await.unwrap();
    run.cancel();
    let made = snapshot.state()["made"].as_u64().unwrap();
    let mut json = serde_json::to_value(&snapshot).unwrap();
    let queued = &mut json["runs"][0]["in_flight"]["queued"];
    let left = &mut queued[0]["input"]["One"]["data"];
    assert_eq!(*left, json!(u64::MAX - made), "{made} turns were made");
    *left = json!(10);
    let session = runner
        .restore(serde_json::from_value(json).unwrap())
        .unwrap();
    let run = session.restored_runs().pop().unwrap();
    assert_eq!(run.await.unwrap(), made + 10);
}

#[tokio::test]
async fn the_state_in_the_snapshot_of_a_session_is_that_of_its_run() {
    let session = Runner::new(Turning).session();
    let run = session.run(u64::MAX).start();
    tokio::task::yield_now().await;
    for _ in 0..10 {
        let snapshot = session.snapshot().await.unwrap();
        let made = snapshot.state()["made"].as_u64().unwrap();
        let json = serde_json::to_value(&snapshot).unwrap();
        let queued = &json["runs"][0]["in_flight"]["queued"][0];
        assert_eq!(queued["input"]["One"]["data"], json!(u64::MAX - made));
    }
    run.cancel();
}

#[tokio::test(start_paused = true)]
async fn a_run_that_waits_for_its_place_is_in_the_snapshot_of_its_session() {
    let runner = Runner::builder(Everything::default())
        .max_concurrent_runs(1)
        .build();
    let session = runner.session();
    let (first, second) = (session.run(1).start(), session.run(4).start());
    turns(9).await;
    let snapshot = session.snapshot().await.unwrap();
    assert_eq!(snapshot.run_ids().count(), 2);
    first.cancel();
    second.cancel();

    let session = runner.restore(carried(&snapshot)).unwrap();
    // Also before they have been admitted.
    let snapshot = session.snapshot().await.unwrap();
    let session = Runner::new(Everything::default())
        .restore(snapshot)
        .unwrap();
    let results = session.restored_runs().into_iter();
    let results = futures_util::future::join_all(results.map(|run| finish(run, 0))).await;
    let results: Vec<_> = results.into_iter().map(|(result, _)| result).collect();
    assert_eq!(results, [11 + 1000 + 110_000, RESULT]);
}

/// All JSON that differs from `value` in one place: a number is extreme, a part is missing or there twice.
fn damaged(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => {}
        Value::Number(_) => {
            let extremes = [0, 1, u64::from(u32::MAX), u64::MAX - 1, u64::MAX];
            all.extend(extremes.map(Value::from));
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                let mut twice = items.clone();
                twice.push(item.clone());
                all.push(Value::from(twice));
                let mut missing = items.clone();
                missing.remove(place);
                all.push(Value::from(missing));
                for item in damaged(item) {
                    let mut other = items.clone();
                    other[place] = item;
                    all.push(Value::from(other));
                }
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let changed = damaged(field).into_iter().chain([Value::Null]);
                all.extend(changed.map(|field| {
                    let mut other = fields.clone();
                    other[name] = field;
                    Value::from(other)
                }));
            }
        }
    }
    all
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_was_damaged_is_refused_or_goes_on_without_a_panic_of_the_run() {
    for cut in [3, 9, 15, 21, 29] {
        let handle = Everything::default().run(4).start();
        turns(cut).await;
        let snapshot = handle.snapshot().await.unwrap();
        handle.cancel();
        for json in damaged(&serde_json::to_value(&snapshot).unwrap()) {
            let text = json.to_string();
            let Ok(snapshot) = serde_json::from_value(json) else {
                continue;
            };
            let runner = Runner::builder(Everything::default());
            let runner = runner.internal_events(true).record_history(true).build();
            let Ok(session) = runner.restore(snapshot) else {
                continue;
            };
            for handle in session.restored_runs() {
                let run = tokio::spawn(async move {
                    // Where the run does not take them, it has ended already.
                    let _ = handle
                        .send_event(Answer(1))
                        .and(handle.send_event(Answer(2)));
                    let _ = handle.snapshot().await;
                    tokio::time::timeout(MINUTE * 1000, handle).await.is_ok()
                });
                assert!(run.await.is_ok(), "{text}");
            }
        }
    }
}

fn refuse<S: serde::Serializer>(_: &u32, _: S) -> Result<S::Ok, S::Error> {
    panic!("not for you")
}

#[event]
struct Private(#[serde(serialize_with = "refuse")] u32);

/// Has an event in flight that cannot be written.
struct Discreet;

#[workflow]
impl Discreet {
    #[step]
    async fn begin(&self, Start(n): Start<u32>) -> Private {
        Private(n)
    }

    #[step]
    async fn end(&self, ctx: Context, Private(n): Private) -> Stop<u32> {
        ctx.sleep(MINUTE).await;
        Stop(n)
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_that_panics_when_it_is_written_is_an_error_of_the_snapshot_and_of_nobody_else() {
    let run = Discreet.run(5).start();
    tokio::task::yield_now().await;
    let error = run.snapshot().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "event `Private` in flight cannot be written: its `Serialize` panicked: not for you"
    );
    assert_eq!(run.await.unwrap(), 5);
}
