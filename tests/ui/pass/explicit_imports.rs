#![deny(warnings)]

use workflows::{
    Context, DictState, Emitter, EventUnion, Start, Stop, Workflow, data, event, state, step, workflow,
};

#[event] struct Draft;
#[data] struct Book;
#[state] struct Rounds;
#[derive(EventUnion)]
enum Choice { Draft(Draft) }
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _ctx: Context<Rounds>, _input: Start<Book>) -> OneOf![Draft | Stop<Book>] { Draft.into() }
    #[step]
    async fn review(&self, out: Emitter<Draft>, _choice: Choice) { out.send(Draft) }
    #[step]
    async fn close(&self, _draft: Draft) -> Stop<Book> { Stop(Book) }
}

fn main() {
    drop(Writer.run(Book));
    drop(DictState::default());
}
