//! Draws a workflow in every format: `cargo run --example draw` prints it as text, `cargo run --example draw FOLDER`
//! writes `newsroom.svg`, `.mmd`, `.dot`, `.json` and `.txt`.

use std::{fs, io, path::Path};

use workflows::{Graph, prelude::*};

#[event]
struct Question(String);
#[event]
struct Finding(String);
#[event]
struct Notes(String);
#[event]
struct Sketch(String);
#[event]
struct Draft(String);
#[event]
struct Feedback(String);
#[event]
struct Approved(String);
#[event]
struct Picture(Vec<u8>);
#[event(input_required)]
struct AskEditor {
    text: String,
    bytes: usize,
}
#[event(human_response)]
struct Verdict {
    article: String,
}
#[data]
struct Article {
    text: String,
}

struct Newsroom;

/// Researches a topic, writes about it, and publishes what an editor has approved.
#[workflow]
impl Newsroom {
    /// Splits the topic into questions.
    #[step]
    async fn plan(&self, Start(topic): Start<String>) -> Vec<Question> {
        topic.split(',').map(|q| Question(q.to_owned())).collect()
    }

    /// Answers one question.
    #[step(num_workers = 8)]
    async fn research(&self, Question(question): Question) -> Finding {
        Finding(question + "!")
    }

    /// Puts the findings in order.
    #[step]
    async fn digest(&self, findings: Vec<Finding>) -> (Notes, Sketch) {
        let all: String = findings.into_iter().map(|finding| finding.0).collect();
        (Notes(all.clone()), Sketch(all))
    }

    /// Writes a draft, and writes it again.
    #[step]
    async fn write(&self, input: OneOf![Notes | Feedback]) -> Draft {
        match input {
            WriteInput::Notes(Notes(text)) | WriteInput::Feedback(Feedback(text)) => Draft(text),
        }
    }

    /// Reads the draft as a reader would.
    #[step]
    async fn review(&self, Draft(text): Draft) -> OneOf![Feedback | Approved] {
        match text.len() {
            0..10 => Feedback(text + "…").into(),
            _ => Approved(text).into(),
        }
    }

    /// Renders the cover.
    #[step(blocking)]
    fn illustrate(&self, Sketch(sketch): Sketch) -> Picture {
        Picture(sketch.into_bytes())
    }

    /// Shows text and cover to an editor.
    #[step]
    async fn submit(&self, Approved(text): Approved, Picture(cover): Picture) -> AskEditor {
        AskEditor {
            text,
            bytes: cover.len(),
        }
    }

    /// Publishes what the editor sent back.
    #[step]
    async fn publish(&self, verdict: Verdict) -> Stop<Article> {
        Stop(Article {
            text: verdict.article,
        })
    }
}

fn main() -> io::Result<()> {
    let graph = Newsroom::GRAPH;
    match std::env::args_os().nth(1) {
        Some(folder) => write_all(&graph, folder.as_ref()),
        None => {
            print!("{}", graph.to_text());
            Ok(())
        }
    }
}

fn write_all(graph: &Graph, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let file = |extension| folder.join(format!("newsroom.{extension}"));
    #[cfg(feature = "svg")]
    fs::write(file("svg"), graph.to_svg())?;
    fs::write(file("mmd"), graph.to_mermaid())?;
    fs::write(file("dot"), graph.to_dot())?;
    fs::write(file("json"), format!("{:#}\n", graph.to_json()))?;
    fs::write(file("txt"), graph.to_text())
}
