//! Fan-out and fan-in: a step returns a list, its elements are worked on at the same time, and a step that takes a list
//! runs when the last of them is done.
//!
//! The slowest question comes first, and so does its answer: lists keep their order.

use std::time::Duration;

use workflows::prelude::*;

#[event]
struct Question {
    text: String,
    thinking: Duration,
}

#[event]
struct Answer {
    text: String,
}

struct Panel;

#[workflow]
impl Panel {
    /// Hands out the questions: one branch for each.
    #[step]
    async fn hand_out(&self, Start(questions): Start<Vec<String>>) -> Vec<Question> {
        let times = (1..=questions.len() as u64).rev();
        let timed = questions.into_iter().zip(times);
        timed
            .map(|(text, time)| Question {
                text,
                thinking: Duration::from_millis(20 * time),
            })
            .collect()
    }

    /// Answers a question; three of them at a time.
    #[step(num_workers = 3)]
    async fn answer(&self, question: Question) -> Answer {
        tokio::time::sleep(question.thinking).await;
        println!("answered: {}", question.text);
        Answer {
            text: format!("{} Yes.", question.text),
        }
    }

    /// Puts the answers together.
    #[step]
    async fn collect(&self, answers: Vec<Answer>) -> Stop<Vec<String>> {
        Stop(answers.into_iter().map(|answer| answer.text).collect())
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let questions = ["Is it slow?", "Is it medium?", "Is it fast?"];
    let answers = Panel.run(questions.map(str::to_owned).to_vec()).await?;
    println!("in order: {}", answers.join(" "));
    Ok(())
}
