//! The attribute macros of `workflows`. Use them through the facade crate, whose docs show them in use.
//!
//! Each of the large ones goes through four phases: *parse* (tokens to syntax and options), *read* (syntax to a model,
//! with errors collected), *expand* (model to tokens, which cannot fail). Everything that needs to know what a type
//! *is* happens in const evaluation over the traits of `workflows-core`, not here.

mod bars;
mod catch;
mod data;
mod duration;
mod errors;
mod expand;
mod list;
mod near;
mod options;
mod read;
mod resource;
mod signature;
mod step;
mod tokens;
mod union;
mod value;
mod workflow;

use proc_macro::TokenStream;

/// Makes a struct or an enum an event.
///
/// Derives what is missing of `Clone`, `Debug`, `Serialize`, `Deserialize` and `JsonSchema`. Put it above your own
/// `#[derive]`s so that it sees them: the compiler expands those above it first, and what they derive would be derived
/// twice (error E0119).
///
/// | option | meaning |
/// |---|---|
/// | `name = "…"` | the name on the wire; by default the type's name |
/// | `input_required` | a question to the outside: published on the stream when emitted, needs no step that takes it |
/// | `human_response` | an answer from outside: needs no step that emits it |
/// | `crate = path` | the path of the `workflows` crate, where it is not `::workflows` |
#[proc_macro_attribute]
pub fn event(options: TokenStream, item: TokenStream) -> TokenStream {
    data::event(options.into(), item.into()).into()
}

/// Derives what a type inside an event, an input or an output needs: `Clone`, `Debug`, `Serialize`, `Deserialize`
/// and `JsonSchema`, as far as it is missing.
///
/// The option `crate = path` gives the path of the `workflows` crate, where it is not `::workflows`.
#[proc_macro_attribute]
pub fn data(options: TokenStream, item: TokenStream) -> TokenStream {
    data::data(options.into(), item.into()).into()
}

/// Makes a type the state of a workflow: derives what is missing of `Default`, `Clone`, `Debug`, `Serialize` and
/// `Deserialize`.
///
/// The option `crate = path` gives the path of the `workflows` crate, where it is not `::workflows`.
#[proc_macro_attribute]
pub fn state(options: TokenStream, item: TokenStream) -> TokenStream {
    data::state(options.into(), item.into()).into()
}

/// Makes an enum a union of events that several steps can share: one variant per event, each with one field.
///
/// `#[workflow(crate = path)]` on the enum gives the path of the `workflows` crate, where it is not `::workflows`.
#[proc_macro_derive(EventUnion, attributes(workflow))]
pub fn event_union(item: TokenStream) -> TokenStream {
    union::derive(item.into()).into()
}

/// Turns an impl block into a workflow: its methods marked `#[step]` are the steps, their signatures are the graph.
///
/// | option | meaning |
/// |---|---|
/// | `name = "…"` | the workflow's name; by default the type's name |
/// | `version = n` | its version, 1 by default |
/// | `timeout = "60s"` | how long a run may take (`ms`, `s`, `m`, `h`, `d`); by default as long as it likes |
/// | `input = T`, `output = T` | the `T` of `Start<T>` and `Stop<T>`, where no signature shows it |
/// | `allow(…)` | switches checks off: `unreachable`, `dead_end`, `unconsumed`, `unproduced` |
/// | `crate = path` | the path of the `workflows` crate, where it is not `::workflows` |
#[proc_macro_attribute]
pub fn workflow(options: TokenStream, item: TokenStream) -> TokenStream {
    workflow::expand(options.into(), item.into()).into()
}

/// The same as `#[workflow]`, but unions may be written with a bare bar: `ev: Draft | Review`, `-> Draft | Stop<u32>`.
///
/// Rust's grammar has no `A | B` where a type stands, so an attribute cannot accept it; this macro rewrites each such
/// union to `OneOf![A | B]`. Options stand in an inner attribute: `#![workflow(timeout = "60s")]`.
#[proc_macro]
pub fn workflow_block(item: TokenStream) -> TokenStream {
    bars::expand(item.into()).into()
}

/// Marks a method of a `#[workflow]` block as a step.
///
/// | option | meaning |
/// |---|---|
/// | `num_workers = n` | how many of its invocations run at once within a run; 4 by default; a number or a constant expression |
/// | `retry = POLICY` | what follows an attempt that fails: an expression that gives a `workflows::Retry` |
/// | `timeout = "30s"` | how long an attempt may take (`ms`, `s`, `m`, `h`, `d`); the time in which it waits does not count |
/// | `spawn` | runs it on the runtime's worker threads, for work that keeps a core busy |
/// | `blocking` | runs it on the blocking pool; the method is then not `async` |
/// | `allow(…)` | switches checks off: `unreachable`, `dead_end`, `unconsumed`, `unproduced` |
///
/// A parameter may be a resource:
///
/// | attribute of the parameter | gives |
/// |---|---|
/// | `#[resource(make_db)] db: Arc<Db>` | what the factory `make_db` makes: once for a runner, when it is first needed |
/// | `#[resource(make_db, cache = false)] db: Arc<Db>` | one that is made for this invocation |
/// | `#[resource(config = "app.toml", path = "db.pool")] cfg: Arc<Pool>` | what stands at the path of a JSON or TOML file, which is read once for a runner; without `path` the whole file. A relative file is looked for from the current directory |
///
/// Where the type is `Clone`, a factory's parameter may be taken without the `Arc`: `#[resource(make_pool)] pool: Pool`.
#[proc_macro_attribute]
pub fn step(options: TokenStream, item: TokenStream) -> TokenStream {
    step::attribute(options.into(), item.into()).into()
}

/// Marks a method of a `#[workflow]` block that handles the failures of steps: it takes a `StepFailed`, and what it
/// returns takes the place of what the step would have returned.
///
/// It runs when a step has failed for good, its retries included. Its own failure ends the run.
///
/// | option | meaning |
/// |---|---|
/// | `steps(a, b)` | whose failures it handles; by default those of all steps that no other handler names |
/// | `max_recoveries = n` | how often it may stand in among the ancestors of one event; 1 by default. The next failure ends the run |
/// | `num_workers = n`, `timeout = "30s"`, `allow(…)` | as for a step |
#[proc_macro_attribute]
pub fn catch_error(options: TokenStream, item: TokenStream) -> TokenStream {
    catch::attribute(options.into(), item.into()).into()
}
