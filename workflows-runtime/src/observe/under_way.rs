//! An invocation that has begun and is not done, as it is seen from outside.

use std::{sync::Arc, time::Duration};

use tracing::Span;

use super::{
    origin::{Givings, Origin, Takings},
    spans::Spans,
};

pub(super) struct UnderWay {
    pub(super) step: &'static str,
    pub(super) origin: Arc<Origin>,
    /// Which attempt runs or has run last.
    pub(super) attempt: u32,
    attempt_span: Span,
    began_at: Duration,
    /// When the attempt was over, until that is reduced.
    pub(super) over_at: Option<Duration>,
    pub(super) given: Givings,
}

impl UnderWay {
    pub(super) fn new(step: &'static str, origin: Arc<Origin>) -> Self {
        Self {
            step,
            origin,
            attempt: 0,
            attempt_span: Span::none(),
            began_at: Duration::ZERO,
            over_at: None,
            given: Givings::default(),
        }
    }

    /// An attempt begins. The first one links the invocation to those that emitted what it runs on.
    pub(super) fn begin(&mut self, spans: &Spans, attempt: u32, at: Duration, taken: &Takings) {
        let is_first = self.attempt == 0;
        self.attempt = attempt;
        self.began_at = at;
        self.over_at = None;
        if spans.is_off() {
            return;
        }
        let span = &self.origin.span;
        if is_first {
            span.record("workflow.event.name", taken.names());
            for origin in taken.origins.values() {
                span.follows_from(&origin.span);
            }
        }
        self.attempt_span = Spans::of_attempt(span, self.step, attempt);
    }

    /// How long the attempt took that has come to its end.
    pub(super) fn took(&self, now: Duration) -> Duration {
        let over_at = self.over_at.unwrap_or(now);
        over_at.saturating_sub(self.began_at)
    }

    pub(super) fn span_of_attempt(&self) -> Span {
        self.attempt_span.clone()
    }

    /// The invocation is done, though its span stays open until the last of its events is taken: exporters take the
    /// last time that somebody was in it for its end.
    pub(super) fn leave_span(&self) {
        self.origin.span.in_scope(|| {});
    }

    pub(super) fn note_failure(&mut self, error: &str, is_panic: bool, is_last: bool) {
        let kind = if is_panic { "panic" } else { "error" };
        let invocation = is_last.then_some(&self.origin.span);
        for span in invocation.into_iter().chain([&self.attempt_span]) {
            span.record("otel.status_code", "ERROR");
            span.record("otel.status_description", error);
            span.record("error.type", kind);
        }
        self.attempt_span = Span::none();
        if is_last {
            self.leave_span();
        }
    }

    pub(super) fn note_wait(&self, events: &[String]) {
        let events = events.join(", ");
        tracing::info!(target: "workflows::attempt", parent: &self.attempt_span, events, "waits");
    }

    /// A wait is over: by an event, whose emitter the invocation follows, or by time.
    pub(super) fn note_answer(&self, event: Option<&str>, origin: Option<&Origin>) {
        if let Some(origin) = origin {
            self.origin.span.follows_from(&origin.span);
        }
        let event = event.unwrap_or("none in time");
        tracing::info!(target: "workflows::attempt", parent: &self.attempt_span, event, "goes on");
    }
}
