//! The spans of a run.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where it unwraps, in its steps too"
)]

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
};

use tracing::{
    Event, Id, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Record},
};
use tracing_subscriber::{
    Layer,
    layer::{Context as LayerContext, SubscriberExt},
    registry::LookupSpan,
};
use workflows::prelude::*;

#[event]
struct Part(u32);
#[event]
struct Left;
#[event]
struct Right;
#[event]
struct Both;

/// Fans out and in, joins, and fails once.
struct Flow;

#[workflow]
impl Flow {
    #[step]
    async fn split(&self, Start(n): Start<u32>) -> Vec<Part> {
        (0..n).map(Part).collect()
    }

    #[step]
    async fn collect(&self, parts: Vec<Part>) -> (Left, Right) {
        assert_eq!(parts.len(), 3);
        (Left, Right)
    }

    #[step(retry = Retry::immediately().max_attempts(2))]
    async fn left(&self, ctx: Context, _: Left) -> Result<Both> {
        match ctx.attempt().number() {
            1 => Err("no luck".into()),
            _ => Ok(Both),
        }
    }

    #[step(blocking)]
    fn right(&self, _: Right) -> Part2 {
        tracing::info!("in right");
        Part2
    }

    #[step]
    async fn join(&self, _: Both, _: Part2) -> Stop<()> {
        tokio::task::yield_now().await;
        tracing::info!("in join");
        Stop(())
    }
}

#[event]
struct Part2;

#[derive(Clone, Debug, Default)]
struct Seen {
    name: &'static str,
    fields: BTreeMap<&'static str, String>,
    parent: Option<u64>,
    follows: Vec<u64>,
    events: Vec<String>,
    is_closed: bool,
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
}

/// Keeps every span that it sees.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<BTreeMap<u64, Seen>>>);

/// The number of a span: the registry uses its ids again.
struct Number(u64);

impl Spans {
    fn all(&self) -> BTreeMap<u64, Seen> {
        self.0.lock().unwrap().clone()
    }

    /// The spans of this kind and name, with their numbers.
    fn named(&self, kind: &str, name: &str) -> Vec<(u64, Seen)> {
        let all = self.all().into_iter();
        all.filter(|(_, seen)| seen.name == kind && seen.fields["otel.name"] == name)
            .collect()
    }

    fn one(&self, kind: &str, name: &str) -> (u64, Seen) {
        let named = self.named(kind, name);
        assert_eq!(named.len(), 1, "{kind} {name}");
        named[0].clone()
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: LayerContext<'_, S>) {
        let span = ctx.span(id).unwrap();
        let parent = span.parent().map(|parent| number(&parent.id(), &ctx));
        let mut all = self.0.lock().unwrap();
        let number = all.len() as u64;
        let mut seen = Seen {
            name: span.name(),
            parent,
            ..Seen::default()
        };
        attributes.record(&mut seen);
        all.insert(number, seen);
        span.extensions_mut().insert(Number(number));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, ctx: LayerContext<'_, S>) {
        let number = number(id, &ctx);
        values.record(self.0.lock().unwrap().get_mut(&number).unwrap());
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, ctx: LayerContext<'_, S>) {
        let (number, follows) = (number(id, &ctx), number(follows, &ctx));
        let mut all = self.0.lock().unwrap();
        assert!(!all[&follows].is_closed);
        all.get_mut(&number).unwrap().follows.push(follows);
    }

    fn on_event(&self, event: &Event<'_>, ctx: LayerContext<'_, S>) {
        let mut seen = Seen::default();
        event.record(&mut seen);
        if let Some(span) = ctx.event_span(event) {
            let number = number(&span.id(), &ctx);
            let mut all = self.0.lock().unwrap();
            let message = seen.fields.remove("message").unwrap_or_default();
            all.get_mut(&number).unwrap().events.push(message);
        }
    }

    fn on_close(&self, id: Id, ctx: LayerContext<'_, S>) {
        let number = number(&id, &ctx);
        self.0.lock().unwrap().get_mut(&number).unwrap().is_closed = true;
    }
}

fn number<S: Subscriber + for<'a> LookupSpan<'a>>(id: &Id, ctx: &LayerContext<'_, S>) -> u64 {
    ctx.span(id)
        .unwrap()
        .extensions()
        .get::<Number>()
        .unwrap()
        .0
}

/// The spans of what is done.
async fn traced(work: impl Future<Output = ()>) -> Spans {
    let spans = Spans::default();
    let subscriber = tracing_subscriber::registry().with(spans.clone());
    // The guard is this thread's: what a blocking step logs on another one goes elsewhere.
    let _guard = tracing::subscriber::set_default(subscriber);
    work.await;
    spans
}

#[tokio::test]
async fn a_trace_shows_who_emitted_what_each_step_runs_on() {
    let spans = traced(async { Flow.run(3).await.unwrap() }).await;
    let (run, seen) = spans.one("workflow.run", "run Flow");
    assert_eq!(seen.fields["workflow.run.ending"], "stopped");
    assert_eq!(seen.fields["workflow.name"], "Flow");
    assert!(
        seen.fields["workflow.run.id"]
            .parse::<workflows::RunId>()
            .is_ok()
    );
    let (split, seen) = spans.one("workflow.step", "split");
    assert_eq!((seen.parent, seen.follows), (Some(run), vec![]));
    let (collect, seen) = spans.one("workflow.step", "collect");
    assert_eq!((seen.parent, seen.follows), (Some(run), vec![split]));
    let (left, seen) = spans.one("workflow.step", "left");
    assert_eq!(seen.follows, [collect]);
    assert_eq!(seen.fields["workflow.event.name"], "Left");
    let (right, _) = spans.one("workflow.step", "right");
    let (join, seen) = spans.one("workflow.step", "join");
    assert_eq!((seen.parent, seen.follows), (Some(run), vec![left, right]));
    let (_, seen) = spans.one("workflow.attempt", "join attempt");
    assert_eq!(seen.parent, Some(join));
    assert_eq!(seen.events, ["in join"]);
    assert!(spans.all().values().all(|seen| seen.is_closed));
}

#[tokio::test]
async fn each_attempt_has_its_span_and_a_failed_one_says_why() {
    let spans = traced(async { Flow.run(3).await.unwrap() }).await;
    let (left, seen) = spans.one("workflow.step", "left");
    assert!(!seen.fields.contains_key("otel.status_code"));
    let attempts = spans.named("workflow.attempt", "left attempt");
    let fields = |place: usize, field| attempts[place].1.fields.get(field).map(String::as_str);
    assert_eq!(attempts.len(), 2);
    assert!(attempts.iter().all(|(_, seen)| seen.parent == Some(left)));
    assert_eq!(fields(0, "workflow.step.attempt"), Some("1"));
    assert_eq!(fields(0, "otel.status_code"), Some("ERROR"));
    assert_eq!(fields(0, "otel.status_description"), Some("no luck"));
    assert_eq!(fields(1, "workflow.step.attempt"), Some("2"));
    assert_eq!(fields(1, "otel.status_code"), None);
}

/// Fails for good.
struct Failing;

#[workflow]
impl Failing {
    #[step]
    async fn fail(&self, _: Start<()>) -> Result<Stop<()>> {
        panic!("out of luck")
    }
}

#[tokio::test]
async fn a_run_that_fails_marks_its_spans() {
    let spans = traced(async { assert!(Failing.run(()).await.is_err()) }).await;
    for (kind, name) in [("workflow.run", "run Failing"), ("workflow.step", "fail")] {
        let (_, seen) = spans.one(kind, name);
        assert_eq!(seen.fields["otel.status_code"], "ERROR");
        assert!(seen.fields["otel.status_description"].ends_with("out of luck"));
    }
    assert_eq!(
        spans.one("workflow.step", "fail").1.fields["error.type"],
        "panic"
    );
}

#[tokio::test]
async fn a_run_is_in_the_span_of_whoever_starts_it() {
    let spans = traced(async {
        let span = tracing::info_span!("request", "otel.name" = "request");
        let run = span.in_scope(|| Flow.run(3).start());
        drop(span);
        run.await.unwrap();
    })
    .await;
    let (request, _) = spans.one("request", "request");
    let (_, run) = spans.one("workflow.run", "run Flow");
    assert_eq!(run.parent, Some(request));
}
