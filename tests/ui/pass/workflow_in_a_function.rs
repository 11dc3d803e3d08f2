#![deny(warnings)]

fn main() {
    use workflows::prelude::*;

    #[event] struct Draft { text: String }
    #[state] struct Rounds { count: u32 }
    struct Writer;

    #[workflow]
    impl Writer {
        #[step]
        async fn write(&self, Start(topic): Start<String>) -> OneOf![Draft | Stop<usize>] { Draft { text: topic }.into() }
        #[step]
        async fn review(&self, ctx: Context<Rounds>, draft: Draft) -> Result<Stop<usize>> {
            ctx.store().edit_state(|state| state.count += 1).await?;
            Ok(Stop(draft.text.len()))
        }
    }

    drop(Writer.run(String::new()));
}
