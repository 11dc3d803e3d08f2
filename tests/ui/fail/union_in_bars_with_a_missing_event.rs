use workflows::prelude::*;

#[event] struct Draft;
#[event] struct Review;
struct Writer;

workflows::block::workflow! {
    impl Writer {
        #[step]
        async fn write(&self, _input: Start<String>) -> Draft | Stop<u32> { Draft.into() }
        #[step]
        async fn review(&self, _event: Draft | Review) -> Stop<u32> { Stop(1) }
    }
}

fn main() {}
