//! A conversation: one run for each message, and a session that carries the typed state from run to run.

use workflows::prelude::*;

#[event]
struct Message(String);
#[event]
struct Reply(String);

#[data]
struct Line {
    who: String,
    text: String,
}

/// What has been said so far.
#[state]
struct Conversation {
    lines: Vec<Line>,
    /// What the user is called, once that was said.
    name: Option<String>,
}

/// What the caller gets for a message.
#[data]
struct Turn {
    reply: String,
    turn: usize,
}

struct Assistant;

#[workflow]
impl Assistant {
    /// Writes down what the user says.
    #[step]
    async fn hear(
        &self,
        ctx: Context<Conversation>,
        Start(text): Start<String>,
    ) -> Result<Message> {
        let line = |conversation: &mut Conversation| {
            if let Some(name) = text.strip_prefix("I am ") {
                conversation.name = Some(name.trim_end_matches('.').to_owned());
            }
            let (who, text) = ("user".to_owned(), text.clone());
            conversation.lines.push(Line { who, text });
        };
        ctx.store().edit_state(line).await?;
        Ok(Message(text))
    }

    /// Thinks of an answer, with all that was said before in view.
    #[step]
    async fn answer(&self, ctx: Context<Conversation>, Message(text): Message) -> Result<Reply> {
        let conversation = ctx.store().get_state().await?;
        let name = conversation.name.as_deref().unwrap_or("stranger");
        Ok(Reply(if text.ends_with("my name?") {
            format!("You are called {name}.")
        } else if text.ends_with('?') {
            format!("A good question, {name}.")
        } else {
            format!("Pleased to hear that, {name}.")
        }))
    }

    /// Writes down the answer and ends the turn.
    #[step]
    async fn say(&self, ctx: Context<Conversation>, Reply(reply): Reply) -> Result<Stop<Turn>> {
        let line = Line {
            who: "assistant".to_owned(),
            text: reply.clone(),
        };
        let add = |conversation: &mut Conversation| {
            conversation.lines.push(line);
            conversation.lines.len() / 2
        };
        let turn = ctx.store().edit_state(add).await?;
        Ok(Stop(Turn { reply, turn }))
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let session = Runner::new(Assistant).session();
    for message in ["I am Ada.", "Can crabs swim?", "And what is my name?"] {
        let Turn { reply, turn } = session.run(message.to_owned()).await?;
        println!("{turn}. {message}\n   {reply}");
    }
    let said = session.store().get_state().await?;
    println!("{} lines in all", said.lines.len());
    Ok(())
}
