//! Writes a joke, then criticises it: two steps, with one event between them.
//!
//! The language model stands behind a trait. The one here is canned: it knows one joke and one opinion, and needs no
//! network. The joke is also published, so that the caller sees it before the critique is done.

use workflows::prelude::*;

/// A language model.
trait Llm: Send + Sync + 'static {
    fn complete(&self, prompt: &str) -> impl Future<Output = Result<String>> + Send;
}

/// Knows one joke and one opinion.
struct CannedLlm;

impl Llm for CannedLlm {
    async fn complete(&self, prompt: &str) -> Result<String> {
        if prompt.starts_with("Write") {
            Ok("Why do pirates write Rust? They are careful who owns the chest.".to_owned())
        } else {
            Ok("The pun needs a borrow checker to be funny. 6 of 10.".to_owned())
        }
    }
}

#[data]
struct Topic {
    subject: String,
}

#[event]
struct Joke {
    text: String,
}

struct JokeFlow<L> {
    llm: L,
}

#[workflow]
impl<L: Llm> JokeFlow<L> {
    /// Writes a joke.
    #[step]
    async fn write(&self, ctx: Context, Start(topic): Start<Topic>) -> Result<Joke> {
        let prompt = format!("Write your best joke about {}.", topic.subject);
        let text = self.llm.complete(&prompt).await?;
        let joke = Joke { text };
        ctx.write_event_to_stream(joke.clone());
        Ok(joke)
    }

    /// Criticises it.
    #[step]
    async fn criticise(&self, joke: Joke) -> Result<Stop<String>> {
        let prompt = format!("Criticise this joke: {}", joke.text);
        Ok(Stop(self.llm.complete(&prompt).await?))
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let topic = Topic {
        subject: "pirates".to_owned(),
    };
    let run = JokeFlow { llm: CannedLlm }.run(topic).start();
    let mut events = run.stream_events();
    while let Some(event) = events.next().await {
        if let Some(Joke { text }) = event.downcast_ref() {
            println!("joke: {text}");
        }
    }
    println!("critique: {}", run.await?);
    Ok(())
}
