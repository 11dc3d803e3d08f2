//! A quiz with a human in the loop that outlives its process: it asks a question, is saved to a file while it waits,
//! and goes on in the next process with the answer.
//!
//! ```console
//! cargo run --example quiz -- quiz.json          # asks the next question
//! cargo run --example quiz -- quiz.json Lisbon   # answers it
//! ```

use std::{env, fs, io, path::Path};

use workflows::{RunHandle, Snapshot, prelude::*};

const QUESTIONS: [(&str, &str); 3] = [
    ("What is the capital of Portugal?", "Lisbon"),
    ("What is the capital of Kenya?", "Nairobi"),
    ("What is the capital of Peru?", "Lima"),
];

#[event(input_required)]
struct Question(String);
#[event(human_response)]
struct Answer(String);
/// What is said about an answer.
#[event]
struct Verdict(String);

/// How far the quiz has got.
#[state]
struct Progress {
    asked: usize,
    score: usize,
}

struct Quiz;

#[workflow]
impl Quiz {
    /// Asks all questions, one after the other, and waits for each answer.
    #[step]
    async fn ask(
        &self,
        ctx: Context<Progress>,
        human: Waiter<Answer>,
        _: Start<()>,
    ) -> Result<Stop<String>> {
        for (place, (question, right)) in QUESTIONS.into_iter().enumerate() {
            let wait = human.wait().announce(Question(question.to_owned()));
            let Answer(answer) = wait.await?;
            let is_right = answer.eq_ignore_ascii_case(right);
            // In a process that goes on with the quiz, the answers that it has had come again at once.
            let count = |progress: &mut Progress| {
                let is_new = place == progress.asked;
                if is_new {
                    progress.asked += 1;
                    progress.score += usize::from(is_right);
                }
                is_new
            };
            if ctx.store().edit_state(count).await? {
                let verdict = if is_right { "Right!" } else { "Wrong:" };
                ctx.write_event_to_stream(Verdict(format!("{verdict} {right}.")));
            }
        }
        let score = ctx.store().get_state().await?.score;
        Ok(Stop(format!("{score} of {} right", QUESTIONS.len())))
    }
}

/// The quiz where it was left, or a new one.
fn begin(file: &Path) -> Result<RunHandle<Quiz>> {
    let runner = Runner::new(Quiz);
    let saved = match fs::read_to_string(file) {
        Ok(saved) => saved,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(runner.run(()).start()),
        Err(error) => return Err(format!("{}: {error}", file.display()).into()),
    };
    let snapshot: Snapshot =
        serde_json::from_str(&saved).map_err(|error| format!("{}: {error}", file.display()))?;
    let session = runner.restore(snapshot)?;
    let run = session.restored_runs().pop();
    Ok(run.ok_or("the file holds no quiz that is under way")?)
}

/// Shows what the run says until it waits for the next answer; says whether it does.
async fn show(handle: &RunHandle<Quiz>) -> bool {
    let mut events = handle.stream_events();
    while let Some(event) = events.next().await {
        if let Some(Verdict(text)) = event.downcast_ref() {
            println!("{text}");
        } else if let Some(Question(text)) = event.downcast_ref() {
            println!("{text}");
            return true;
        }
    }
    false
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let file = arguments.next().unwrap_or_else(|| "quiz.json".to_owned());
    let file = Path::new(&file);
    let answer = arguments.collect::<Vec<_>>().join(" ");
    let handle = begin(file)?;
    if !answer.is_empty() {
        handle.send_event(Answer(answer))?;
    }
    if show(&handle).await {
        fs::write(
            file,
            serde_json::to_string_pretty(&handle.snapshot().await?)?,
        )?;
        return Ok(());
    }
    println!("{}", handle.await?);
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
