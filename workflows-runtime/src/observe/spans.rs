//! The spans of a run: one for the run, within it one for each invocation, within that one for each attempt.
//!
//! An invocation *follows from* those that emitted what it runs on. The names of the fields are those of OpenTelemetry
//! where it has a convention, and begin with `workflow.` where it has none.

use tracing::{Level, Span, field::Empty};
use workflows_core::{Ending, Graph, InvocationId, Routes};

use crate::context::RunContext;

pub(super) struct Spans {
    run: Span,
    is_on: bool,
}

impl Spans {
    /// The span of a run, in the span of whoever starts it.
    pub(super) fn of_run(run: &RunContext, graph: &Graph) -> Self {
        let span = tracing::info_span!(
            target: "workflows::run",
            "workflow.run",
            "otel.name" = format!("run {}", graph.name()),
            "workflow.name" = graph.name(),
            "workflow.version" = graph.version(),
            "workflow.run.id" = %run.id(),
            "workflow.run.ending" = Empty,
            "error.type" = Empty,
            "otel.status_code" = Empty,
            "otel.status_description" = Empty,
        );
        let is_on =
            !span.is_disabled() || tracing::span_enabled!(target: "workflows::step", Level::INFO);
        Self { run: span, is_on }
    }

    /// Whether nobody is interested.
    pub(super) const fn is_off(&self) -> bool {
        !self.is_on
    }

    pub(super) fn of_invocation(&self, workflow: &str, step: &str, id: InvocationId) -> Span {
        if self.is_off() {
            return Span::none();
        }
        tracing::info_span!(
            target: "workflows::step",
            parent: &self.run,
            "workflow.step",
            "otel.name" = step,
            "workflow.name" = workflow,
            "workflow.step.name" = step,
            "workflow.step.invocation" = id.serial(),
            "workflow.event.name" = Empty,
            "error.type" = Empty,
            "otel.status_code" = Empty,
            "otel.status_description" = Empty,
        )
    }

    pub(super) fn of_attempt(invocation: &Span, step: &str, attempt: u32) -> Span {
        tracing::info_span!(
            target: "workflows::attempt",
            parent: invocation,
            "workflow.attempt",
            "otel.name" = format!("{step} attempt"),
            "workflow.step.name" = step,
            "workflow.step.attempt" = attempt,
            "error.type" = Empty,
            "otel.status_code" = Empty,
            "otel.status_description" = Empty,
        )
    }

    pub(super) fn note_unhandled(&self, event: &str, kept: bool) {
        if self.is_on {
            let name = "event unhandled";
            tracing::info!(target: "workflows::run", parent: &self.run, event, kept, "{name}");
        }
    }

    pub(super) fn end(&mut self, ending: &Ending, routes: &Routes) {
        let run = std::mem::replace(&mut self.run, Span::none());
        run.record("workflow.run.ending", ending_name(ending));
        if !matches!(ending, Ending::Stopped(_)) {
            run.record("otel.status_code", "ERROR");
            run.record("otel.status_description", explanation(ending, routes));
            run.record("error.type", ending_name(ending));
        }
    }
}

/// The word for an ending, in traces and metrics.
pub(super) const fn ending_name(ending: &Ending) -> &'static str {
    match ending {
        Ending::Stopped(_) => "stopped",
        Ending::Failed { .. } => "failed",
        Ending::Exceeded(_) => "exceeded",
        Ending::Stalled { .. } => "stalled",
        Ending::Cancelled { .. } => "cancelled",
        Ending::TimedOut { .. } => "timed_out",
    }
}

/// An ending in a few words.
pub(super) fn explanation(ending: &Ending, routes: &Routes) -> String {
    match ending {
        Ending::Stopped(_) => "stopped".to_owned(),
        Ending::Failed { step, failure, .. } => {
            format!(
                "failed in `{}`: {}",
                routes.step(*step).name,
                failure.source()
            )
        }
        Ending::Exceeded(limit) => format!("ended: {limit} are not allowed"),
        Ending::Stalled { .. } => "stalled: nothing was left to do".to_owned(),
        Ending::Cancelled { .. } => "cancelled".to_owned(),
        Ending::TimedOut { .. } => "timed out".to_owned(),
    }
}
