#![deny(warnings)]

use workflows::prelude::*;

#[event] struct Draft;
#[event] struct Review;
struct Writer;

workflows::block::workflow! {
    #![workflow(timeout = "30s")]
    impl Writer {
        #[step]
        async fn write(&self, _input: Start<String>) -> Draft | Stop<u32> { Draft.into() }
        #[step]
        async fn review(&self, out: Emitter<Draft | Review>, _event: Draft) -> Result<Vec<Draft | Review>> {
            out.send(Review);
            let bits = 1 | 2;
            Ok(vec![Draft.into(); bits])
        }
        #[step]
        async fn publish(&self, _review: Review) -> Stop<u32> { Stop(1) }
    }
}

fn main() {
    drop(Writer.run(String::new()));
}
