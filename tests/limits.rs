//! Limits against runaways: how many invocations, how much at once, how large.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where it unwraps, in its steps too"
)]

use std::time::Duration;

use workflows::{EventTooLarge, prelude::*};

#[event]
struct Work(u32);

struct Endless;

#[workflow]
impl Endless {
    #[step]
    async fn open(&self, _: Start<()>) -> Work {
        Work(0)
    }

    #[step]
    async fn turn(&self, Work(number): Work) -> OneOf![Work | Stop<u32>] {
        Work(number + 1).into()
    }
}

#[tokio::test]
async fn a_runaway_ends_at_its_limit() {
    let runner = Runner::builder(Endless).max_invocations(1_000).build();
    let error = runner.run(()).await.unwrap_err();
    assert!(matches!(error, RunError::LimitExceeded { .. }));
    let text =
        "the run of `Endless` was ended: more than 1000 invocations of its steps are not allowed";
    assert_eq!(error.to_string(), text);
}

struct Wide;

#[workflow]
impl Wide {
    #[step]
    async fn open(&self, Start(count): Start<u32>) -> Vec<Work> {
        (0..count).map(Work).collect()
    }

    #[step]
    async fn end(&self, works: Vec<Work>) -> Stop<usize> {
        Stop(works.len())
    }

    #[step]
    async fn look(&self, _: Work) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_flood_ends_at_its_limit() {
    let runner = Runner::builder(Wide).max_events_in_flight(100).build();
    assert_eq!(runner.run(99).await.unwrap(), 99);
    let error = runner.run(101).await.unwrap_err();
    let text = "the run of `Wide` was ended: more than 100 events in flight are not allowed";
    assert_eq!(error.to_string(), text);
    assert!(matches!(error, RunError::LimitExceeded { .. }));
}

/// Says everything twice.
struct Echo;

#[event(human_response)]
struct Said(String);

#[workflow]
impl Echo {
    #[step]
    async fn open(&self, heard: Waiter<Said>, Start(text): Start<String>) -> Result<Said> {
        if text == "wait" {
            return Ok(heard.wait().await?);
        }
        Ok(Said(text.repeat(2)))
    }

    #[step]
    async fn end(&self, Said(text): Said) -> Stop<usize> {
        Stop(text.len())
    }
}

#[tokio::test]
async fn an_event_that_is_too_large_is_refused_where_it_comes_from() {
    let runner = Runner::builder(Echo).max_event_bytes(10).build();
    assert_eq!(runner.run("four".to_owned()).await.unwrap(), 8);
    let error = runner.run("five5".to_owned()).await.unwrap_err();
    let text = "step `open` failed on event `Start`: event `Said` has 12 bytes as JSON, and 10 are allowed";
    assert_eq!(error.to_string(), text);
    let handle = runner.run("wait".to_owned()).start();
    let refused = handle
        .send_event(Said("much too long".to_owned()))
        .unwrap_err();
    let text =
        "the payload is refused as `Said`: event `Said` has 15 bytes as JSON, and 10 are allowed";
    assert_eq!(refused.to_string(), text);
    handle.send_event(Said("short".to_owned())).unwrap();
    assert_eq!(handle.await.unwrap(), 5);
}

/// Emits too much in the middle of its work, and takes no notice of what comes of it.
struct Verbose;

#[workflow]
impl Verbose {
    #[step]
    async fn say(
        &self,
        ctx: Context,
        heard: Waiter<Said>,
        out: Emitter<OneOf![Said | Stop<usize>]>,
        Start(how): Start<String>,
    ) {
        let much = Said("much too long".to_owned());
        match how.as_str() {
            "at once" => out.send_now(much),
            "before a sleep" => {
                out.send(much);
                ctx.sleep(Duration::from_secs(1)).await;
            }
            _ => {
                out.send(much);
                let refused = heard.wait().await.map(|Said(text)| text);
                assert_eq!(refused.unwrap_err().to_string(), REFUSED);
            }
        }
        out.send(Stop(0));
    }
}

const REFUSED: &str = "what was sent before a wait for `Said` is refused: event `Said` has 15 bytes as JSON, and 10 are allowed";

#[tokio::test(start_paused = true)]
async fn an_event_that_is_too_large_is_refused_in_the_middle_of_a_step_too() {
    let runner = Runner::builder(Verbose).max_event_bytes(10).build();
    for how in ["at once", "before a sleep", "before a wait"] {
        let RunError::Step(error) = runner.run(how.to_owned()).await.unwrap_err() else {
            panic!("the step failed");
        };
        let too_large = error.downcast_ref::<EventTooLarge>();
        assert_eq!(
            too_large.map(|error| (error.bytes, error.limit)),
            Some((15, 10))
        );
    }
}
