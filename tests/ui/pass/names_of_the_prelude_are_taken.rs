#![deny(warnings)]

mod core {}
mod std {}
mod alloc {}
mod serde {}
mod schemars {}

// The derive of schemars itself needs the prelude.
mod events {
    #[workflows::event]
    pub struct Draft {
        pub text: String,
    }
    #[workflows::event]
    pub enum Review {
        Good,
        Bad { why: Option<String> },
    }
    #[workflows::data]
    pub struct Book {
        pub pages: u32,
    }
}

#[no_implicit_prelude]
#[allow(dead_code, non_camel_case_types)]
mod taken {
    use crate::events::{Book, Draft, Review};

    mod state {
        #[::workflows::state]
        pub struct Rounds {
            count: u32,
        }
    }

    mod core {}
    mod std {}
    mod private {}
    struct str;
    struct u16;
    struct u32;
    struct bool;
    struct Result;
    struct Ok;
    struct Err;
    struct Option;
    struct Some;
    struct None;
    struct Box;
    struct String;
    struct Vec;
    struct Clone;
    struct Debug;
    struct Default;
    struct From;
    struct Into;
    struct Send;
    struct Iterator;
    struct Probe;
    struct Otherwise;
    struct Event;
    struct EventSet;
    struct Workflow;

    #[derive(::workflows::EventUnion)]
    pub enum Choice {
        Draft(Draft),
        Review(Review),
    }
    pub struct Writer;

    #[::workflows::workflow(timeout = "1m")]
    impl Writer {
        /// Writes.
        #[::workflows::step(num_workers = 2)]
        async fn write(
            &self,
            _ctx: ::workflows::Context<state::Rounds>,
            out: ::workflows::Emitter<Draft>,
            _input: ::workflows::Start<Book>,
        ) -> ::workflows::Result<::std::vec::Vec<OneOf![Draft | Review]>> {
            out.send(Draft { text: ::std::string::String::new() });
            ::std::result::Result::Ok(::std::vec::Vec::new())
        }
        #[::workflows::step(blocking)]
        fn review(&self, event: Choice) -> ::workflows::Result<OneOf![Verdict = ::workflows::Stop<Book> | Review]> {
            ::std::result::Result::Ok(match event {
                Choice::Draft(Draft { text }) => Verdict::Review(Review::Bad { why: ::std::option::Option::Some(text) }),
                Choice::Review(Review::Good) => Verdict::Review(Review::Good),
                Choice::Review(Review::Bad { .. }) => Verdict::Stop(::workflows::Stop(Book { pages: 1 })),
            })
        }
    }
}

fn main() {
    drop(::workflows::Workflow::run(taken::Writer, events::Book { pages: 1 }));
}
