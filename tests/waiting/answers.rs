//! Which answer ends which wait, and when.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt;
use serde_json::json;
use tokio::time::Instant;
use workflows::{SendError, WaitError, prelude::*};

use crate::{Answer, Question, answer, next_question};

#[event(human_response)]
struct Refusal;

#[event]
struct Item(u32);

#[event]
struct Reply(String);

/// Asks several questions in a row, in one body.
#[derive(Default)]
struct Interview {
    bodies: AtomicUsize,
}

#[workflow]
impl Interview {
    #[step]
    async fn ask(
        &self,
        human: Waiter<Answer>,
        Start(questions): Start<Vec<String>>,
    ) -> Result<Stop<Vec<String>>> {
        self.bodies.fetch_add(1, Ordering::SeqCst);
        let mut answers = Vec::new();
        for question in questions {
            let wait = human.wait().announce(Question(question));
            answers.push(wait.await?.text);
        }
        Ok(Stop(answers))
    }
}

#[tokio::test]
async fn several_waits_in_a_row_are_answered_in_one_body() {
    let flow = Arc::new(Interview::default());
    let questions = ["name", "quest", "colour"].map(str::to_owned).to_vec();
    let handle = Runner::new(Arc::clone(&flow)).run(questions).start();
    let mut events = handle.stream_events();
    for text in ["Arthur", "grail", "blue"] {
        let question = next_question(&mut events).await;
        handle.send_event(answer(&question, text)).unwrap();
    }
    assert_eq!(handle.await.unwrap(), ["Arthur", "grail", "blue"]);
    assert_eq!(flow.bodies.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn answers_that_come_before_their_waits_are_kept_for_them() {
    let questions = vec!["a".to_owned(), "b".to_owned()];
    let handle = Interview::default().run(questions).start();
    handle.send_event(answer("", "first")).unwrap();
    handle.send_event(answer("", "second")).unwrap();
    assert_eq!(handle.await.unwrap(), ["first", "second"]);
}

#[tokio::test]
async fn an_event_that_nobody_waits_for_is_refused_at_the_sender() {
    let handle = Interview::default().run(vec!["a".to_owned()]).start();
    let refused = handle.send_json("Refusal", json!(null)).unwrap_err();
    assert_eq!(
        refused,
        SendError::NotTaken {
            event: "Refusal".to_owned(),
            accepted: vec!["Answer"],
        }
    );
    let refused = handle.send_json("Answer", json!({ "to": "" })).unwrap_err();
    let text = "the payload is refused as `Answer`: missing field `text`";
    assert_eq!(refused.to_string(), text);
    let answer = json!({ "to": "", "text": "yes" });
    handle.send_json("Answer", answer).unwrap();
    assert_eq!(handle.await.unwrap(), ["yes"]);
}

#[tokio::test]
async fn an_event_comes_too_late_after_the_end() {
    let handle = Interview::default().run(vec!["a".to_owned()]).start();
    handle.cancel();
    while !handle.is_done() {
        tokio::task::yield_now().await;
    }
    let refused = handle.send_event(answer("", "yes"));
    assert_eq!(refused, Err(SendError::Ended { event: "Answer" }));
}

/// One question for each item, each with an answer of its own.
struct Survey;

#[workflow]
impl Survey {
    #[step]
    async fn open(&self, Start(count): Start<u32>) -> Vec<Item> {
        (0..count).map(Item).collect()
    }

    #[step(num_workers = 1)]
    async fn ask(&self, human: Waiter<Answer>, Item(number): Item) -> Result<Reply> {
        let name = number.to_string();
        let mine = {
            let name = name.clone();
            move |answer: &Answer| answer.to == name
        };
        let wait = human.wait().announce(Question(name)).matching(mine);
        Ok(Reply(wait.await?.text))
    }

    #[step]
    async fn end(&self, replies: Vec<Reply>) -> Stop<Vec<String>> {
        Stop(replies.into_iter().map(|Reply(text)| text).collect())
    }
}

#[tokio::test]
async fn waiters_of_one_step_each_get_their_own_answer_and_do_not_block_each_other() {
    let handle = Survey.run(3).start();
    let mut events = handle.stream_events();
    // All three wait, though the step has one worker.
    for number in 0..3 {
        assert_eq!(next_question(&mut events).await, number.to_string());
    }
    for (to, text) in [("2", "c"), ("0", "a"), ("1", "b")] {
        handle.send_event(answer(to, text)).unwrap();
    }
    assert_eq!(handle.await.unwrap(), ["a", "b", "c"]);
}

/// Waits for two things at once.
struct Both;

#[workflow]
impl Both {
    #[step]
    async fn ask(&self, human: Waiter<Answer>, Start(how): Start<String>) -> Result<Stop<String>> {
        let named = |name: &'static str| {
            let wait = human.wait().id(name);
            wait.matching(move |answer: &Answer| answer.to == name)
        };
        let (left, right) = (named("left"), named("right"));
        let text = if how == "join" {
            let (left, right) = tokio::join!(left, right);
            format!("{} {}", left?.text, right?.text)
        } else {
            tokio::select! {
                left = left => left?.text,
                right = right => right?.text,
            }
        };
        Ok(Stop(text))
    }
}

#[tokio::test]
async fn joined_waits_get_their_answers_in_any_order() {
    let handle = Both.run("join".to_owned()).start();
    handle.send_event(answer("right", "R")).unwrap();
    tokio::task::yield_now().await;
    handle.send_event(answer("left", "L")).unwrap();
    assert_eq!(handle.await.unwrap(), "L R");
}

#[tokio::test]
async fn the_first_of_selected_waits_wins() {
    let handle = Both.run("select".to_owned()).start();
    tokio::task::yield_now().await;
    handle.send_event(answer("right", "R")).unwrap();
    assert_eq!(handle.await.unwrap(), "R");
}

/// Gives up after an hour, and asks somebody else.
struct Hurried;

#[workflow]
impl Hurried {
    #[step]
    async fn ask(&self, human: Waiter<OneOf![Answer | Refusal]>, _: Start<()>) -> Stop<String> {
        let hour = Duration::from_secs(3600);
        Stop(match human.wait().timeout(hour).await {
            Ok(AskAwaits::Answer(answer)) => answer.text,
            Ok(AskAwaits::Refusal(Refusal)) => "refused".to_owned(),
            Err(error) => error.to_string(),
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_after_its_timeout() {
    let began = Instant::now();
    let text = Hurried.run(()).await.unwrap();
    assert_eq!(text, "no `Answer` or `Refusal` came within 3600s");
    assert_eq!(began.elapsed(), Duration::from_secs(3600));
}

#[tokio::test]
async fn a_wait_for_one_of_several_takes_each_of_them() {
    let handle = Hurried.run(()).start();
    handle.send_event(Refusal).unwrap();
    assert_eq!(handle.await.unwrap(), "refused");
}

/// A wait whose event a step emits.
struct Within;

#[workflow]
impl Within {
    #[step]
    async fn open(&self, out: Emitter<Item>, _: Start<()>) -> Answer {
        out.send_after(Item(7), Duration::from_secs(60));
        answer("", "from a step")
    }

    #[step]
    async fn wait(&self, items: Waiter<Item>, answer: Answer) -> Result<Stop<String>> {
        let Item(number) = items.wait().await?;
        Ok(Stop(format!("{} {number}", answer.text)))
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_may_wait_for_what_another_emits() {
    assert_eq!(Within.run(()).await.unwrap(), "from a step 7");
}

/// Waits for something that is not going to come.
struct Forlorn;

#[workflow]
impl Forlorn {
    #[step]
    async fn wait(
        &self,
        items: Waiter<Item>,
        out: Emitter<Question>,
        _: Start<()>,
    ) -> Result<OneOf![Item | Stop<()>]> {
        out.send(Question("anybody?".to_owned()));
        let item = items.wait().await?;
        Ok(item.into())
    }
}

#[tokio::test]
async fn a_run_whose_waits_nothing_can_end_is_stalled_at_once() {
    let handle = Forlorn.run(()).start();
    let mut events = handle.stream_events();
    assert_eq!(next_question(&mut events).await, "anybody?");
    let error = handle.await.unwrap_err();
    let wanted = "the run of `Forlorn` has nothing left to do, and no step returned `Stop`; step `wait` waits for `Item`";
    assert_eq!(error.to_string(), wanted);
}

struct Sleepy;

#[workflow]
impl Sleepy {
    #[step]
    async fn open(&self, _: Start<()>) -> Vec<Item> {
        (0..3).map(Item).collect()
    }

    #[step(num_workers = 1, timeout = "1s")]
    async fn sleep(&self, ctx: Context, item: Item) -> Item2 {
        ctx.sleep(Duration::from_secs(3600)).await;
        Item2(item.0)
    }

    #[step]
    async fn end(&self, items: Vec<Item2>) -> Stop<Vec<u32>> {
        Stop(items.into_iter().map(|Item2(number)| number).collect())
    }
}

#[event]
struct Item2(u32);

#[tokio::test(start_paused = true)]
async fn sleeping_takes_no_worker_and_no_time_of_the_step() {
    let began = Instant::now();
    assert_eq!(Sleepy.run(()).await.unwrap(), [0, 1, 2]);
    assert_eq!(began.elapsed(), Duration::from_secs(3600));
}

#[tokio::test]
async fn a_wait_outlives_no_run() {
    struct Leaky(tokio::sync::mpsc::UnboundedSender<Waiter<Answer>>);

    #[workflow]
    impl Leaky {
        #[step]
        async fn leak(&self, human: Waiter<Answer>, _: Start<()>) -> Stop<()> {
            self.0.send(human).unwrap();
            Stop(())
        }
    }

    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    Leaky(sender).run(()).await.unwrap();
    let human = receiver.recv().await.unwrap();
    assert_eq!(
        human.wait().await.unwrap_err(),
        WaitError::RunEnded {
            events: "`Answer`".to_owned()
        }
    );
}

/// Asks, works for a while, and asks again.
struct Busy;

#[workflow]
impl Busy {
    #[step]
    async fn ask(&self, human: Waiter<Answer>, _: Start<()>) -> Result<Stop<(String, String)>> {
        let first = human.wait().announce(Question("first".to_owned())).await?;
        tokio::time::sleep(Duration::from_secs(60)).await;
        let second = human.wait().await?;
        Ok(Stop((first.text, second.text)))
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_not_overwritten_by_the_next_event() {
    let handle = Busy.run(()).start();
    next_question(&mut handle.stream_events()).await;
    handle.send_event(answer("", "first")).unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    // The first wait is over, and its step is not done.
    handle.send_event(answer("", "second")).unwrap();
    let both = ("first".to_owned(), "second".to_owned());
    assert_eq!(handle.await.unwrap(), both);
}

#[tokio::test]
async fn joined_waits_for_one_kind_of_event_take_one_each() {
    struct Pair;

    #[workflow]
    impl Pair {
        #[step]
        async fn ask(&self, human: Waiter<Answer>, _: Start<()>) -> Result<Stop<(String, String)>> {
            let (one, other) = tokio::try_join!(human.wait().id("a"), human.wait().id("b"))?;
            Ok(Stop((one.text, other.text)))
        }
    }

    let handle = Pair.run(()).start();
    tokio::task::yield_now().await;
    handle.send_event(answer("", "x")).unwrap();
    handle.send_event(answer("", "y")).unwrap();
    assert_eq!(handle.await.unwrap(), ("x".to_owned(), "y".to_owned()));
}

#[tokio::test]
async fn a_step_that_swallows_every_error_waits_all_the_same() {
    struct Careless;

    #[workflow]
    impl Careless {
        #[step]
        async fn ask(&self, human: Waiter<Answer>, _: Start<()>) -> Stop<String> {
            let asked = async { Ok::<_, workflows::BoxError>(human.wait().await?.text) };
            let asked = AssertUnwindSafe(asked).catch_unwind().await;
            let text = asked.map_or_else(|_| "a panic".to_owned(), Result::unwrap_or_default);
            Stop(text)
        }
    }

    let handle = Careless.run(()).start();
    tokio::task::yield_now().await;
    // Waiting is no error that could be caught on its way.
    assert!(!handle.is_done());
    handle.send_event(answer("", "yes")).unwrap();
    assert_eq!(handle.await.unwrap(), "yes");
}

#[tokio::test(start_paused = true)]
async fn a_wait_without_a_timeout_waits_for_days() {
    let handle = Interview::default().run(vec!["a".to_owned()]).start();
    tokio::time::sleep(Duration::from_secs(30 * 24 * 3600)).await;
    handle.send_event(answer("", "at last")).unwrap();
    assert_eq!(handle.await.unwrap(), ["at last"]);
}

#[tokio::test]
async fn the_panic_of_a_filter_is_the_failure_of_its_step() {
    struct Fussy;

    #[workflow]
    impl Fussy {
        #[step]
        async fn ask(&self, human: Waiter<Answer>, _: Start<()>) -> Result<Stop<String>> {
            let wait = human.wait().matching(|answer| {
                assert_ne!(answer.text, "no", "of all answers");
                answer.text == "yes"
            });
            Ok(Stop(wait.await?.text))
        }
    }

    let handle = Fussy.run(()).start();
    for text in ["perhaps", "no"] {
        handle.send_event(answer("", text)).unwrap();
    }
    let RunError::Step(error) = handle.await.unwrap_err() else {
        panic!("the step failed");
    };
    assert!(error.is_panic());
    assert!(error.to_string().contains("of all answers"), "{error}");
}
