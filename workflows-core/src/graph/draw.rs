//! Pictures of a graph: Mermaid, DOT, SVG, JSON and text.
//!
//! The formats share one model. [`Traffic`] says for each event where it comes from and where it goes; [`Picture`]
//! turns that into nodes and arrows:
//!
//! 1. Every step is a node; so are `Start`, `Stop` and *outside*, where questions go to and answers come from.
//! 2. An event is the label of an arrow. One that several steps emit and several take is a node of its own, and so is
//!    one that nothing emits or nothing takes (`allow(…)`).
//! 3. An arrow that carries many events (out of a fan-out, or into a step that collects) is drawn double or thick.
//! 4. `Stop` and *outside* are one node each; where more than [`CROWD`](picture::CROWD) steps would share one, each
//!    step gets its own.
//!
//! Equal graphs give equal text, byte for byte.

mod course;
mod dot;
#[cfg(test)]
mod fixtures;
mod json;
mod mermaid;
mod picture;
#[cfg(feature = "svg")]
mod svg;
mod text;
mod traffic;
mod words;

use self::{picture::Picture, traffic::Traffic};
use crate::graph::Graph;

impl Graph {
    /// The graph as a [Mermaid](https://mermaid.js.org) flowchart, which GitHub and many editors show in Markdown.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        mermaid::render(&Picture::of(self))
    }

    /// The graph in DOT, the language of [Graphviz](https://graphviz.org).
    #[must_use]
    pub fn to_dot(&self) -> String {
        dot::render(&Picture::of(self))
    }

    /// The graph as an SVG picture: complete in itself, for light and dark pages.
    #[cfg(feature = "svg")]
    #[must_use]
    pub fn to_svg(&self) -> String {
        svg::render(&Picture::of(self))
    }

    /// The graph as text for a terminal: a line for each step, with what it takes and what it gives.
    ///
    /// `═▶` stands for many events: the elements of a fan-out, or the collected ones; `↺` for an event that leads back
    /// to the step itself or to one before it; `⇢` for the way out to a human or another system, and for the way in.
    #[must_use]
    pub fn to_text(&self) -> String {
        text::render(self)
    }

    /// The graph as JSON: a public format, to which fields may be added.
    ///
    /// ```json
    /// {
    ///   "name": "Writer", "doc": "Writes and reviews.", "version": 1,
    ///   "steps": [{
    ///     "name": "review", "doc": "", "kind": "each", "take": null, "mode": "inline", "workers": 4,
    ///     "accepts": [["Draft"]], "awaits": [], "catches": null, "retries": false, "timeout_ms": null,
    ///     "emits": [{ "event": "Draft", "fan_out": false }, { "event": "Stop", "fan_out": false }]
    ///   }],
    ///   "events": [{ "name": "Stop", "label": "Stop<Review>", "kind": "stop", "schema": {} }],
    ///   "edges": [{ "event": "Draft", "from": "review", "to": "review", "fan_out": false, "collect": false }]
    /// }
    /// ```
    ///
    /// - `kind` of a step: `each` (runs on every event), `join` (on one event for each slot), `collect` (on the events of
    ///   a fan-out: all, or the first `take`) or `catch_error` (on the failures of the steps in `catches`; of all that no
    ///   other handler names, where the list is empty); `mode`: `inline`, `spawn` or `blocking`.
    /// - `awaits` lists the events that the step waits for in the middle of its work.
    /// - `accepts` lists the slots, each with the events that fill it: a join has several, the others one.
    /// - `resources` of a step: what it needs besides events, each with its `name` (the factory, or the config file),
    ///   `type`, `kind` (`factory` or `config`), `path` into the config file, and whether it is `cached` by the runner.
    /// - `events` and `steps` stand in the order of the source; events are referred to by `name`, their name on the
    ///   wire. `kind` of an event: `ordinary`, `start`, `stop`, `input_required` or `human_response`; `schema` is its
    ///   JSON schema, a document of its own: a `$ref` starts at its root.
    /// - `edges` go from step to step: `from` is null where the event comes from outside (the input of the run, an
    ///   answer), `to` where it leaves the workflow (its result, a question).
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        json::render(self, &Traffic::of(self))
    }
}
