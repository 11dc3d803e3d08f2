//! A library.
#![deny(warnings, missing_docs, missing_debug_implementations)]
#![deny(unreachable_pub, unused_qualifications, private_interfaces, private_bounds, unnameable_types)]
#![deny(unused, let_underscore, nonstandard_style, future_incompatible, rust_2018_idioms, keyword_idents)]
#![deny(unsafe_code, trivial_casts, trivial_numeric_casts, unused_results, unused_lifetimes, unit_bindings)]
#![deny(single_use_lifetimes, explicit_outlives_requirements, elided_lifetimes_in_paths, meta_variable_misuse)]
#![deny(unused_import_braces, unused_macro_rules, variant_size_differences, redundant_imports, redundant_lifetimes)]

/// Everything about writing.
pub mod writing {
    use workflows::prelude::*;

    /// A draft.
    #[event]
    pub struct Draft {
        /// Its text.
        pub text: String,
    }

    /// A review.
    #[event]
    pub struct Review {
        /// Its score.
        pub score: u8,
    }

    /// How often it went round.
    #[state]
    pub struct Rounds {
        /// How often.
        pub count: u32,
    }

    /// One of both.
    #[derive(Debug, EventUnion)]
    pub enum Choice {
        /// A draft.
        Draft(Draft),
        /// A review.
        Review(Review),
    }

    /// Writes.
    #[derive(Clone, Copy, Debug)]
    pub struct Writer;

    /// Writes and reviews.
    #[workflow(name = "writer", version = 2, timeout = "30s")]
    impl Writer {
        /// Writes a draft.
        #[step]
        pub async fn write(&self, out: Emitter<Draft>, Start(topic): Start<String>) -> Result<Option<Draft>> {
            out.send(Draft { text: topic });
            Ok(None)
        }

        /// Reviews it.
        #[step]
        pub async fn review(&self, ctx: Context<Rounds>, draft: Draft) -> Result<OneOf![Draft | Review]> {
            let round = ctx.store().edit_state(|state| { state.count += 1; state.count }).await?;
            if round < 3 {
                return Ok(draft.into());
            }
            Ok(ReviewOutput::Review(Review { score: 3 }))
        }

        /// Opens a fan-out.
        #[step]
        async fn open(&self, _choice: Review) -> (Vec<Choice>, OneOf![Ending = Stop<u8> | Draft]) {
            (Vec::new(), Stop(1).into())
        }

        #[step]
        async fn observe(&self, _choice: Choice) {}
    }
}

fn main() {
    use workflows::Workflow as _;
    drop(writing::Writer.run(String::new()));
}
