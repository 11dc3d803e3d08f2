#![deny(warnings)]

mod events {
    pub mod drafts {
        #[workflows::event] pub struct Draft;
    }
    #[workflows::event(name = "old draft")] pub struct Draft;
    pub mod choices {
        #[derive(workflows::EventUnion)]
        pub enum Choice { New(super::drafts::Draft), Old(super::Draft) }
    }
}
mod flows {
    use workflows::{Start, Stop, step, workflow};
    use super::events::{self, drafts};

    type Old = events::Draft;
    pub struct Writer;

    #[workflow]
    impl Writer {
        #[step]
        async fn write(&self, _input: Start<String>) -> OneOf![drafts::Draft | Old] { drafts::Draft.into() }
        #[step]
        async fn review(&self, _choice: events::choices::Choice) -> Stop<u32> { Stop(1) }
    }
}

fn main() {
    use workflows::Workflow;
    drop(flows::Writer.run(String::new()));
}
