//! What a run tells of itself: on its stream, and in spans.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where it unwraps, in its steps too"
)]

use std::time::Duration;

use futures_util::StreamExt;
use workflows::{
    EventUnhandled, History, RunIdle, RunPaused, RunResumed, StepAttemptFailed, StepFinished,
    StepResumed, StepStarted, StepWaiting, StreamEvent, prelude::*,
};

#[event]
struct Part(u32);
#[event]
struct Done(u32);
#[event]
struct Checked;
#[event(input_required)]
struct Question;
#[event(human_response)]
struct Answer;

/// Splits, works, fails once, collects, and asks.
struct Flow;

#[workflow]
impl Flow {
    #[step]
    async fn split(&self, Start(n): Start<u32>) -> Vec<Part> {
        (0..n).map(Part).collect()
    }

    #[step(retry = Retry::fixed(Duration::from_secs(1)).max_attempts(3))]
    async fn work(&self, ctx: Context, Part(n): Part) -> Result<Done> {
        tracing::info!(n, "at work");
        if n == 1 && ctx.attempt().number() == 1 {
            return Err(anyhow::anyhow!("below").context("above").into());
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        Ok(Done(n))
    }

    #[step]
    async fn collect(&self, ctx: Context, done: Vec<Done>) -> Checked {
        ctx.write_event_to_stream(Done(u32::try_from(done.len()).unwrap()));
        Checked
    }

    #[step]
    async fn ask(&self, _: Checked, human: Waiter<Answer>) -> Result<Stop<()>> {
        human.wait().announce(Question).await?;
        Ok(Stop(()))
    }
}

/// A line for an event.
fn line(event: &StreamEvent) -> String {
    if let Some(told) = event.downcast_ref::<StepStarted>() {
        let events = told.events.iter();
        let events =
            events.map(|taken| format!("{} {} of {:?}", taken.count, taken.event, taken.from));
        let events: Vec<_> = events.collect();
        let (step, id, attempt) = (&told.step, told.invocation, told.attempt);
        format!(
            "{:?} {step} {id} attempt {attempt} on {}",
            told.at,
            events.join(", ")
        )
    } else if let Some(told) = event.downcast_ref::<StepFinished>() {
        let given = told.emitted.iter();
        let given: Vec<_> = given
            .map(|given| format!("{} {}", given.count, given.event))
            .collect();
        let (step, id, took) = (&told.step, told.invocation, told.took);
        format!(
            "{:?} {step} {id} took {took:?} and gave {}",
            told.at,
            given.join(", ")
        )
    } else if let Some(told) = event.downcast_ref::<StepAttemptFailed>() {
        let (step, id, attempt, error) = (&told.step, told.invocation, told.attempt, &told.error);
        let retry = told.retry_in;
        format!(
            "{:?} {step} {id} attempt {attempt} failed: {error}, again in {retry:?}",
            told.at
        )
    } else if let Some(told) = event.downcast_ref::<StepWaiting>() {
        format!(
            "{:?} {} {} waits for {:?}",
            told.at, told.step, told.invocation, told.events
        )
    } else if let Some(told) = event.downcast_ref::<StepResumed>() {
        format!(
            "{:?} {} {} got {:?}",
            told.at, told.step, told.invocation, told.event
        )
    } else if let Some(told) = event.downcast_ref::<RunIdle>() {
        format!(
            "{:?} idle in {:?} for {:?}",
            told.at, told.waiting, told.wakes_in
        )
    } else if let Some(told) = event.downcast_ref::<EventUnhandled>() {
        format!("{} unhandled, kept: {}", told.event, told.kept)
    } else {
        event.name().to_owned()
    }
}

#[tokio::test(start_paused = true)]
async fn the_stream_of_a_run_tells_what_the_runtime_does_where_it_is_asked_to() {
    let run = Flow.run(2).internal_events(true).start();
    let mut events = run.stream_events();
    let mut lines = Vec::new();
    while let Some(event) = events.next().await {
        assert_eq!(event.sequence() as usize, lines.len());
        lines.push(line(&event));
        if event.is::<RunIdle>() {
            run.send_event(Answer).unwrap();
        }
    }
    assert_eq!(
        lines,
        [
            "0ns split 1 attempt 1 on 1 Start of None",
            "0ns split 1 took 0ns and gave 2 Part",
            "0ns work 2 attempt 1 on 1 Part of Some(1)",
            "0ns work 3 attempt 1 on 1 Part of Some(1)",
            "0ns work 3 attempt 1 failed: above: below, again in Some(1s)",
            "1s work 3 attempt 2 on 1 Part of Some(1)",
            "2s work 2 took 2s and gave 1 Done",
            "3s work 3 took 2s and gave 1 Done",
            "3s collect 4 attempt 1 on 1 Done of Some(2), 1 Done of Some(3)",
            "Done",
            "3s collect 4 took 0ns and gave 1 Checked",
            "3s ask 5 attempt 1 on 1 Checked of Some(4)",
            r#"3s ask 5 waits for ["Answer"]"#,
            "Question",
            r#"3s idle in ["ask"] for None"#,
            r#"3s ask 5 got Some("Answer")"#,
            "3s ask 5 took 0ns and gave 1 Stop",
            "Stop",
        ]
    );
    run.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_not_asked_tells_nothing() {
    let run = Flow.run(2).start();
    run.send_event(Answer).unwrap();
    let names = run.stream_events().map(|event| event.name());
    assert_eq!(
        names.collect::<Vec<_>>().await,
        ["Done", "Question", "Stop"]
    );
    run.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_watched_does_what_it_does_unwatched() {
    let own = async |on: bool| {
        let run = Flow.run(5).internal_events(on).record_history(on).start();
        run.send_event(Answer).unwrap();
        let events: Vec<_> = run.stream_events().collect().await;
        run.await.unwrap();
        let own = events
            .iter()
            .filter(|event| event.is::<Done>() || event.is::<Question>() || event.is::<Stop<()>>());
        let own: Vec<_> = own.map(|event| event.to_json().unwrap()).collect();
        (own, events.len())
    };
    let ((watched, more), (unwatched, all)) = (own(true).await, own(false).await);
    assert_eq!(watched, unwatched);
    assert!(unwatched.len() == all && all < more);
}

#[tokio::test(start_paused = true)]
async fn a_pause_and_an_answer_that_comes_too_early_are_told() {
    let runner = Runner::builder(Flow).internal_events(true).build();
    let run = runner.run(1).start();
    run.send_event(Answer).unwrap();
    run.pause();
    run.resume();
    let events: Vec<_> = run.stream_events().collect().await;
    let unhandled = events.iter().find(|event| event.is::<EventUnhandled>());
    assert_eq!(line(unhandled.unwrap()), "Answer unhandled, kept: true");
    assert!(events.iter().any(StreamEvent::is::<RunPaused>));
    assert!(events.iter().any(StreamEvent::is::<RunResumed>));
    run.await.unwrap();
}

/// Fails, and handles that.
struct Handled;

#[workflow]
impl Handled {
    #[step]
    async fn fail(&self, _: Start<()>) -> Result<Stop<()>> {
        panic!("out of luck")
    }

    #[catch_error]
    async fn recover(&self, failed: StepFailed) -> Stop<()> {
        assert!(failed.event::<Start<()>>().is_some());
        Stop(())
    }
}

#[tokio::test]
async fn a_handler_runs_on_the_failure_of_the_invocation_that_it_handles() {
    let run = Handled.run(()).internal_events(true).start();
    let lines: Vec<_> = run
        .stream_events()
        .map(|event| line(&event))
        .collect()
        .await;
    let handler = lines.iter().find(|line| line.contains("recover"));
    assert!(
        handler
            .unwrap()
            .ends_with("recover 2 attempt 1 on 1 StepFailed of Some(1)")
    );
    run.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_watched_can_be_cut_and_goes_on() {
    let runner = Runner::builder(Flow).internal_events(true).build();
    let run = runner.run(3).start();
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let snapshot = run.snapshot().await.unwrap();
    run.cancel();
    let session = runner.restore(snapshot).unwrap();
    let restored = session.restored_runs().pop().unwrap();
    restored.send_event(Answer).unwrap();
    let lines: Vec<_> = restored
        .stream_events()
        .map(|event| line(&event))
        .collect()
        .await;
    let collected = lines
        .iter()
        .find(|line| line.contains("collect 5 attempt 1"));
    // The two that had come were in flight: where from is not known any more.
    assert!(
        collected
            .unwrap()
            .ends_with("on 2 Done of None, 1 Done of Some(3)"),
        "{collected:?}"
    );
    restored.await.unwrap();
}

/// A run of three parts, of which one is tried twice, with its history.
async fn recorded() -> (History, Vec<StreamEvent>) {
    let runner = Runner::builder(Flow)
        .internal_events(true)
        .record_history(true)
        .build();
    let mut run = runner.run(3).start();
    tokio::time::sleep(Duration::from_secs(5)).await;
    run.send_event(Answer).unwrap();
    (&mut run).await.unwrap();
    let events = run.stream_events().collect().await;
    (run.history().unwrap(), events)
}

#[tokio::test(start_paused = true)]
async fn a_history_is_drawn_as_a_timeline() {
    let (history, _) = recorded().await;
    assert_eq!(
        history.to_text(),
        "\
Flow: stopped, 5.0s, 6 invocations

  split #1   ▕█                                               ▏ 0.0ns
  work #2    ▕████████████████████                            ▏ 2.0s
  work #3    ▕✘········████████████████████                   ▏ 3.0s, 2 attempts
  work #4    ▕████████████████████                            ▏ 2.0s
  collect #5 ▕                            █                   ▏ 0.0ns
  ask #6     ▕                            ░░░░░░░░░░░░░░░░░░░░▏ 2.0s, 2.0s of it waiting
"
    );
}

#[tokio::test(start_paused = true)]
async fn a_history_is_drawn_as_a_graph_of_its_invocations() {
    let (history, _) = recorded().await;
    let mermaid = history.to_mermaid();
    let expected = [
        r##"node0(["Start#lt;u32#gt;"]):::terminal"##,
        r##"step_split_1["<b>split #35;1</b><br/><i>0.0ns</i>"]:::step"##,
        r##"step_work_3["<b>work #35;3</b><br/><i>3.0s · 2 attempts</i>"]:::step"##,
        r#"node0 --> step_split_1"#,
        r#"step_split_1 -->|"Part"| step_work_3"#,
        r#"step_work_4 -->|"Done"| step_collect_5"#,
        r#"step_collect_5 -->|"Checked"| step_ask_6"#,
        r#"node7 -.->|"Answer"| step_ask_6"#,
        r#"step_ask_6 --> node8"#,
    ];
    for line in expected {
        assert!(
            mermaid.lines().any(|found| found.trim() == line),
            "{line} in\n{mermaid}"
        );
    }
    assert!(
        history
            .to_dot()
            .contains(r#""step_split_1" -> "step_work_2" [label="Part"];"#)
    );
    assert!(history.to_svg().contains(">work #3</text>"));
}

#[tokio::test(start_paused = true)]
async fn a_history_can_be_read_from_the_stream() {
    let (recorded, events) = recorded().await;
    let mut read = History::new(Flow::GRAPH);
    read.extend(events);
    assert_eq!(read.to_json(), recorded.to_json());
}

#[tokio::test(start_paused = true)]
async fn a_history_shows_what_went_wrong_and_what_was_cut_off() {
    let mut run = Flow
        .run(2)
        .record_history(true)
        .timeout(Duration::from_millis(500))
        .start();
    assert!((&mut run).await.is_err());
    let history = run.history().unwrap();
    assert!(
        history
            .to_text()
            .starts_with("Flow: timed out, 500.0ms, 3 invocations\n")
    );
    let work = history.invocation(2).unwrap();
    assert!(!work.is_done && work.ended().is_none());
    let failed = history.invocation(3).unwrap();
    assert_eq!(failed.attempts[0].error.as_deref(), Some("above: below"));
    assert!(history.to_text().contains("500.0ms, cut off"));

    let mut run = Handled.run(()).record_history(true).start();
    (&mut run).await.unwrap();
    let history = run.history().unwrap();
    assert_eq!(history.invocation(1).unwrap().error(), Some("out of luck"));
    let dot = history.to_dot();
    assert!(
        dot.contains(r#""step_fail_1" -> "step_recover_2" [label="StepFailed"];"#),
        "{dot}"
    );
    assert!(Flow.run(0).start().history().is_none());
}

#[tokio::test(start_paused = true)]
async fn the_picture_of_a_long_run_has_a_node_for_each_step() {
    let mut run = Flow.run(1000).record_history(true).start();
    run.send_event(Answer).unwrap();
    (&mut run).await.unwrap();
    let dot = run.history().unwrap().to_dot();
    assert!(
        dot.contains(r#""step_split" -> "step_work" [label="Part ×1000""#),
        "{dot}"
    );
    assert!(dot.contains("1 retried"), "{dot}");
}
