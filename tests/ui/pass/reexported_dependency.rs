#![deny(warnings)]

extern crate self as me;

pub mod reexport {
    pub use workflows;
}
mod inner {
    use crate::reexport::workflows::prelude::*;

    #[event(crate = crate::reexport::workflows)] pub struct Draft;
    #[event(crate = me::reexport::workflows)] pub struct Review;
    #[state(crate = crate::reexport::workflows)] pub struct Rounds { count: u32 }
    #[derive(EventUnion)]
    #[workflow(crate = crate::reexport::workflows)]
    pub enum Choice { Draft(Draft), Review(Review) }
    pub struct Writer;

    #[workflow(crate = crate::reexport::workflows)]
    impl Writer {
        #[step]
        async fn write(&self, ctx: Context<Rounds>, _input: Start<String>) -> Result<OneOf![Draft | Review]> {
            ctx.store().edit_state(|state| state.count += 1).await?;
            Ok(Draft.into())
        }
        #[step]
        async fn review(&self, _choice: Choice) -> Stop<u32> { Stop(1) }
    }
}

fn main() {
    use reexport::workflows::Workflow as _;
    drop(inner::Writer.run(String::new()));
}
