//! The language of signatures, run.

use workflows::prelude::*;

#[event]
struct Draft {
    text: String,
}

#[event]
#[derive(PartialEq)]
struct Review {
    text: String,
    score: u8,
}

#[state]
struct Rounds {
    count: u32,
}

struct Writer;

#[workflow]
impl Writer {
    /// Writes a first draft.
    #[step]
    async fn write(&self, Start(topic): Start<String>) -> Result<Draft> {
        Ok(Draft { text: topic })
    }

    #[step(num_workers = 4)]
    async fn review(
        &self,
        ctx: Context<Rounds>,
        draft: Draft,
    ) -> Result<OneOf![Draft | Stop<Review>]> {
        let round = ctx
            .store()
            .edit_state(|s| {
                s.count += 1;
                s.count
            })
            .await?;
        if round < 3 {
            return Ok(Draft {
                text: draft.text + "!",
            }
            .into());
        }
        Ok(Stop(Review {
            text: draft.text,
            score: 7,
        })
        .into())
    }
}

#[tokio::test]
async fn a_loop_runs_until_it_stops() {
    let review = Writer.run("rust".to_owned()).await.unwrap();
    assert_eq!(
        review,
        Review {
            text: "rust!!".to_owned(),
            score: 7
        }
    );
}

#[event]
struct Item(u32);
#[event]
struct Done(u32);

struct FanOut;

#[workflow]
impl FanOut {
    #[step]
    async fn open(&self, Start(n): Start<u32>) -> Vec<Item> {
        (0..n).map(Item).collect()
    }
    #[step]
    async fn work(&self, Item(n): Item) -> Done {
        if n % 2 == 0 {
            tokio::task::yield_now().await;
        }
        Done(n)
    }
    #[step]
    async fn collect(&self, done: Vec<Done>) -> Stop<Vec<u32>> {
        Stop(done.into_iter().map(|d| d.0).collect())
    }
}

#[tokio::test]
async fn a_fan_out_is_collected_in_list_order() {
    for n in [0, 1, 5, 100] {
        let all = FanOut.run(n).await.unwrap();
        assert_eq!(all, (0..n).collect::<Vec<_>>());
    }
}

#[event(input_required)]
struct Question {
    text: String,
}

#[event(human_response)]
struct Answer {
    text: String,
}

struct Interview;

#[workflow]
impl Interview {
    #[step]
    async fn ask(&self, Start(name): Start<String>) -> Question {
        Question {
            text: format!("How are you, {name}?"),
        }
    }

    #[step]
    async fn thank(&self, answer: Answer) -> Stop<String> {
        Stop(format!("{}: thanks", answer.text))
    }
}

#[tokio::test]
async fn a_question_is_published_and_its_answer_is_sent_through_the_handle() {
    let handle = Interview.run("Ada".to_owned()).start();
    let mut events = handle.stream_events();
    let question = events.next().await.unwrap();
    assert_eq!(
        question.downcast_ref::<Question>().unwrap().text,
        "How are you, Ada?"
    );
    handle
        .send_event(Answer {
            text: "well".to_owned(),
        })
        .unwrap();
    assert_eq!(handle.await.unwrap(), "well: thanks");
}

#[tokio::test]
async fn an_event_that_the_workflow_does_not_take_is_refused_at_the_sender() {
    let handle = Interview.run("Ada".to_owned()).start();
    let draft = serde_json::json!({ "text": "" });
    let error = handle.send_json("Draft", draft).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the workflow takes no `Draft` from outside; it takes `Answer`"
    );
}
