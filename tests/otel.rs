//! Traces over OTLP, received by a collector that is this test.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where it unwraps, in its steps too"
)]

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    time::Duration,
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::{Span, status::StatusCode},
};
use prost::Message;
use workflows::{otel, prelude::*};

#[event]
struct Part(u32);
#[event]
struct Done;

struct Flow;

#[workflow]
impl Flow {
    #[step]
    async fn split(&self, Start(n): Start<u32>) -> Vec<Part> {
        (0..n).map(Part).collect()
    }

    #[step(retry = Retry::immediately().max_attempts(2))]
    async fn work(&self, ctx: Context, Part(n): Part) -> Result<Done> {
        tracing::info!(n, "at work");
        if n == 1 && ctx.attempt().number() == 1 {
            return Err("no luck".into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(Done)
    }

    #[step]
    async fn collect(&self, done: Vec<Done>) -> Stop<usize> {
        tokio::time::sleep(Duration::from_millis(200)).await;
        Stop(done.len())
    }
}

/// A collector that takes what it gets, and its address.
fn collector() -> (String, Receiver<ExportTraceServiceRequest>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let sender = sender.clone();
            std::thread::spawn(move || serve(connection.unwrap(), &sender));
        }
    });
    (address, receiver)
}

/// Answers the requests of one connection.
fn serve(mut connection: TcpStream, sender: &Sender<ExportTraceServiceRequest>) {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if reader.read_until(b'\n', &mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        assert!(head.starts_with("post /v1/traces http/1.1"), "{head}");
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"));
        let mut body = vec![0; length.unwrap().trim().parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        sender
            .send(ExportTraceServiceRequest::decode(&*body).unwrap())
            .unwrap();
        let answer =
            "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
        connection.write_all(answer.as_bytes()).unwrap();
    }
}

fn attributes(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::StringValue(text) => text.clone(),
        other => format!("{other:?}"),
    };
    let pairs = attributes.iter().filter_map(|pair| {
        let value = pair.value.as_ref()?.value.as_ref()?;
        Some((pair.key.clone(), text(value)))
    });
    pairs.collect()
}

fn named<'a>(spans: &'a [Span], name: &str) -> Vec<&'a Span> {
    spans.iter().filter(|span| span.name == name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_gets_the_spans_of_a_run_with_their_parents_and_links() {
    let (address, received) = collector();
    let exporter = otel::install(&address, "the-test").unwrap();
    assert!(otel::install(&address, "twice").is_err());
    assert_eq!(Flow.run(2).await.unwrap(), 2);
    tokio::task::spawn_blocking(|| exporter.shutdown().unwrap())
        .await
        .unwrap();
    let requests: Vec<_> = received.try_iter().collect();
    let resources: Vec<_> = requests
        .into_iter()
        .flat_map(|request| request.resource_spans)
        .collect();
    let service = attributes(&resources[0].resource.as_ref().unwrap().attributes);
    assert_eq!(service["service.name"], "the-test");
    let scopes = resources
        .into_iter()
        .flat_map(|resource| resource.scope_spans);
    let spans: Vec<Span> = scopes.flat_map(|scope| scope.spans).collect();

    let run = named(&spans, "run Flow")[0];
    let facts = attributes(&run.attributes);
    assert_eq!(
        (&*facts["workflow.name"], &*facts["workflow.run.ending"]),
        ("Flow", "stopped")
    );
    assert!(facts["workflow.run.id"].parse::<workflows::RunId>().is_ok());
    assert!(run.parent_span_id.is_empty());
    assert!(spans.iter().all(|span| span.trace_id == run.trace_id));
    let (split, work, collect) = (
        named(&spans, "split")[0],
        named(&spans, "work"),
        named(&spans, "collect")[0],
    );
    for step in [split, collect].into_iter().chain(work.iter().copied()) {
        assert_eq!(step.parent_span_id, run.span_id);
    }
    let links = |span: &Span| {
        span.links
            .iter()
            .map(|link| link.span_id.clone())
            .collect::<Vec<_>>()
    };
    assert!(links(split).is_empty());
    assert!(
        work.iter()
            .all(|work| links(work) == [split.span_id.clone()])
    );
    let mut workers: Vec<_> = work.iter().map(|work| work.span_id.clone()).collect();
    workers.sort();
    let mut collected = links(collect);
    collected.sort();
    assert_eq!(collected, workers);

    let attempts = named(&spans, "work attempt");
    assert_eq!(attempts.len(), 3);
    assert!(
        attempts
            .iter()
            .all(|attempt| attempt.events.iter().any(|event| event.name == "at work"))
    );
    let failed: Vec<_> = attempts
        .iter()
        .filter_map(|attempt| attempt.status.as_ref())
        .filter(|status| status.code == StatusCode::Error as i32)
        .map(|status| status.message.as_str())
        .collect();
    assert_eq!(failed, ["no luck"]);
    // A step's span is over when the step is, not when the last of its events was taken.
    let length =
        |span: &Span| Duration::from_nanos(span.end_time_unix_nano - span.start_time_unix_nano);
    assert!(
        work.iter()
            .all(|work| length(work) < Duration::from_millis(150))
    );
    assert!(length(collect) >= Duration::from_millis(200));
}
