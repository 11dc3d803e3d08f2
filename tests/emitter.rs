//! Emitting besides returning.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where it unwraps, in its steps too"
)]

use std::sync::{Arc, Mutex};

use workflows::prelude::*;

#[event]
struct Note(u32);
#[event]
struct Done(u32);

type Seen = Arc<Mutex<Vec<u32>>>;

struct Sender {
    seen: Seen,
    kept: Mutex<Option<Emitter<Note>>>,
}

impl Sender {
    fn new() -> (Self, Seen) {
        let seen = Seen::default();
        let flow = Self {
            seen: Arc::clone(&seen),
            kept: Mutex::default(),
        };
        (flow, seen)
    }
}

/// Sends three notes, one of them from a clone, keeps an emitter, and returns, fails or panics.
#[workflow]
impl Sender {
    #[step]
    async fn send(
        &self,
        out: Emitter<Note>,
        other: Emitter<OneOf![Note | Done]>,
        Start(how): Start<String>,
    ) -> Result<Note> {
        out.send(Note(1));
        let clone = other.clone();
        tokio::spawn(async move { clone.send(Note(2)) }).await?;
        out.send(Note(3));
        tokio::task::yield_now().await;
        assert!(
            self.seen.lock().unwrap().is_empty(),
            "nothing is sent before the step returns"
        );
        *self.kept.lock().unwrap() = Some(out);
        match how.as_str() {
            "fail" => Err("on purpose".into()),
            "panic" => panic!("on purpose"),
            _ => Ok(Note(4)),
        }
    }

    #[step(num_workers = 1)]
    async fn log(&self, Note(n): Note) -> Option<Done> {
        self.seen.lock().unwrap().push(n);
        if let Some(kept) = self.kept.lock().unwrap().take() {
            // The step that it belongs to has returned.
            kept.send(Note(99));
        }
        (n == 4).then_some(Done(n))
    }

    #[step]
    async fn done(&self, Done(n): Done) -> Stop<u32> {
        Stop(n)
    }
}

#[tokio::test]
async fn what_is_sent_comes_in_order_before_what_is_returned_and_nothing_comes_later() {
    let (flow, seen) = Sender::new();
    assert_eq!(flow.run("return".to_owned()).await.unwrap(), 4);
    assert_eq!(*seen.lock().unwrap(), [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_step_that_fails_or_panics_sends_nothing() {
    for how in ["fail", "panic"] {
        let (flow, seen) = Sender::new();
        let error = flow.run(how.to_owned()).await.unwrap_err();
        assert!(format!("{error:?}").ends_with("on purpose"));
        assert!(seen.lock().unwrap().is_empty());
    }
}

#[event]
struct Item(u32);

/// Sends inside of a fan-out.
struct Inside;

#[workflow]
impl Inside {
    #[step]
    async fn open(&self, Start(n): Start<u32>) -> Vec<Item> {
        (0..n).map(Item).collect()
    }

    #[step]
    async fn work(&self, out: Emitter<Done>, Item(n): Item) {
        for _ in 0..n {
            out.send(Done(n));
        }
    }

    #[step]
    async fn collect(&self, done: Vec<Done>) -> Stop<Vec<u32>> {
        Stop(done.into_iter().map(|Done(n)| n).collect())
    }
}

#[tokio::test]
async fn what_is_sent_inside_a_fan_out_belongs_to_its_element() {
    assert_eq!(Inside.run(4).await.unwrap(), [1, 2, 2, 3, 3, 3]);
}

/// Ends the run by sending.
struct Ending;

#[workflow]
impl Ending {
    #[step]
    async fn end(&self, out: Emitter<Stop<u32>>, _: Start<()>) -> Stop<u32> {
        out.send(Stop(1));
        Stop(2)
    }
}

#[tokio::test]
async fn a_stop_that_is_sent_wins_over_the_one_that_is_returned() {
    assert_eq!(Ending.run(()).await.unwrap(), 1);
}

/// Sends at once, in attempts that never yield and all fail but the last.
struct AtOnce {
    attempts: u32,
}

#[workflow]
impl AtOnce {
    #[step(retry = Retry::immediately().max_attempts(3))]
    async fn send(&self, ctx: Context<Log>, out: Emitter<Note>, _: Start<()>) -> Result<()> {
        out.send_now(Note(ctx.attempt().number()));
        if ctx.attempt().number() < self.attempts {
            return Err("not yet".into());
        }
        Ok(())
    }

    #[step]
    async fn log(&self, ctx: Context<Log>, Note(n): Note) -> Result<Option<Stop<Vec<u32>>>> {
        let all = ctx.store().edit_state(|log| {
            log.notes.push(n);
            log.notes.clone()
        });
        let all = all.await?;
        Ok((n == 3).then_some(Stop(all)))
    }

    #[catch_error]
    async fn give_up(&self, _: StepFailed) {}
}

#[state]
struct Log {
    notes: Vec<u32>,
}

#[tokio::test]
async fn what_is_sent_at_once_is_sent_by_every_attempt_whatever_becomes_of_it() {
    // The third attempt returns, or it is the last of three that fail.
    for attempts in [3, 4] {
        assert_eq!(AtOnce { attempts }.run(()).await.unwrap(), [1, 2, 3]);
    }
}

/// Goes on only when what it has sent at once has been worked on.
#[derive(Default)]
struct Feedback {
    heard: tokio::sync::Notify,
}

#[workflow]
impl Feedback {
    #[step]
    async fn ask(&self, out: Emitter<Note>, _: Start<()>) -> Stop<()> {
        out.send_now(Note(1));
        self.heard.notified().await;
        Stop(())
    }

    #[step]
    async fn hear(&self, _: Note) {
        self.heard.notify_one();
    }
}

#[tokio::test]
async fn what_is_sent_at_once_is_worked_on_while_its_sender_goes_on() {
    Feedback::default().run(()).await.unwrap();
}

/// Sends at once inside of a fan-out.
struct InsideAtOnce;

#[workflow]
impl InsideAtOnce {
    #[step]
    async fn open(&self, Start(n): Start<u32>) -> Vec<Item> {
        (0..n).map(Item).collect()
    }

    #[step]
    async fn work(&self, out: Emitter<Done>, Item(n): Item) {
        out.send_now(Done(n));
    }

    #[step]
    async fn collect(&self, done: Vec<Done>) -> Stop<Vec<u32>> {
        Stop(done.into_iter().map(|Done(n)| n).collect())
    }
}

#[tokio::test]
async fn what_is_sent_at_once_inside_a_fan_out_belongs_to_its_element() {
    assert_eq!(InsideAtOnce.run(3).await.unwrap(), [0, 1, 2]);
}

#[event(human_response)]
struct Word;

/// Sends, begins to wait, changes its mind and returns in one go.
struct Fickle;

#[workflow]
impl Fickle {
    #[step]
    async fn send(&self, out: Emitter<Note>, human: Waiter<Word>, _: Start<()>) {
        out.send(Note(8));
        tokio::select! {
            biased;
            _ = human.wait() => {}
            () = std::future::ready(()) => {}
        }
    }

    #[step]
    async fn end(&self, Note(n): Note) -> Stop<u32> {
        Stop(n)
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_before_a_wait_that_is_given_up_is_not_lost() {
    let run = Fickle.run(()).timeout(std::time::Duration::from_secs(1));
    assert_eq!(run.await.unwrap(), 8);
}
