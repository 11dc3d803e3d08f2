//! JSON: the public format of a graph.

use serde_json::{Value, json};

use super::traffic::{Place, Source, Target, Traffic};
use crate::{
    event::{EventInfo, EventKind},
    graph::{Emits, ExecutionMode, Graph, ResourceKind, ResourceSpec, StepSpec, Trigger},
};

pub(super) fn render(graph: &Graph, traffic: &[Traffic]) -> Value {
    json!({
        "name": graph.name(),
        "doc": graph.doc(),
        "version": graph.version(),
        "steps": graph.steps().iter().map(step).collect::<Value>(),
        "events": traffic.iter().map(|t| event(&t.event)).collect::<Value>(),
        "edges": traffic.iter().flat_map(|t| edges(graph, t)).collect::<Value>(),
    })
}

fn step(step: &StepSpec) -> Value {
    let (kind, take) = match step.trigger {
        Trigger::Each(_) => ("each", None),
        Trigger::Join(_) => ("join", None),
        Trigger::Collect { take, .. } => ("collect", take),
        Trigger::Failure { .. } => ("catch_error", None),
    };
    json!({
        "name": step.name,
        "doc": step.doc,
        "kind": kind,
        "take": take,
        "mode": mode(step.mode),
        "workers": step.workers,
        "accepts": accepts(&step.trigger),
        "awaits": names(&step.awaited().collect::<Vec<_>>()),
        "resources": step.resources.iter().map(resource).collect::<Value>(),
        "catches": catches(&step.trigger),
        "retries": step.retry.is_some(),
        "timeout_ms": step.timeout.map(|timeout| timeout.as_millis()),
        "emits": emits(&step.emits),
    })
}

fn resource(resource: &ResourceSpec) -> Value {
    let (kind, path) = match resource.kind {
        ResourceKind::Factory => ("factory", None),
        ResourceKind::Config { path } => ("config", Some(path)),
    };
    json!({
        "name": resource.name,
        "type": resource.type_name,
        "kind": kind,
        "path": path,
        "cached": resource.cached,
    })
}

const fn mode(mode: ExecutionMode) -> &'static str {
    match mode {
        ExecutionMode::Inline => "inline",
        ExecutionMode::Spawn => "spawn",
        ExecutionMode::Blocking => "blocking",
    }
}

fn accepts(trigger: &Trigger) -> Value {
    match trigger {
        Trigger::Each(events) | Trigger::Collect { events, .. } => json!([names(events)]),
        Trigger::Join(slots) => slots.iter().map(|slot| names(slot)).collect(),
        Trigger::Failure { .. } => json!([]),
    }
}

/// The steps whose failures the step handles: an empty list for those that no other handler names, null where it
/// handles none.
fn catches(trigger: &Trigger) -> Value {
    match trigger {
        Trigger::Failure { of, .. } => json!(of),
        Trigger::Each(_) | Trigger::Join(_) | Trigger::Collect { .. } => Value::Null,
    }
}

fn names(events: &[EventInfo]) -> Value {
    events.iter().map(EventInfo::name).collect()
}

fn emits(emits: &Emits) -> Value {
    let mut all: Vec<Value> = Vec::new();
    emits.for_each(&mut |event, fan_out| {
        let emitted = json!({ "event": event.name(), "fan_out": fan_out });
        if !all.contains(&emitted) {
            all.push(emitted);
        }
    });
    all.into()
}

fn event(event: &EventInfo) -> Value {
    json!({
        "name": event.name(),
        "label": event.label(),
        "kind": kind(event.kind()),
        "schema": event.schema().to_value(),
    })
}

const fn kind(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Ordinary => "ordinary",
        EventKind::Start => "start",
        EventKind::Stop => "stop",
        EventKind::InputRequired => "input_required",
        EventKind::HumanResponse => "human_response",
    }
}

fn edges(graph: &Graph, traffic: &Traffic) -> Vec<Value> {
    let mut edges = Vec::new();
    for source in &traffic.sources {
        for target in &traffic.targets {
            edges.push(edge(graph, &traffic.event, *source, *target));
        }
    }
    edges
}

fn edge(graph: &Graph, event: &EventInfo, source: Source, target: Target) -> Value {
    json!({
        "event": event.name(),
        "from": name(graph, source.place),
        "to": name(graph, target.place),
        "fan_out": source.fan_out,
        "collect": target.collect,
    })
}

/// The step at a place; null where there is none.
fn name(graph: &Graph, place: Place) -> Option<&'static str> {
    match place {
        Place::Step(id) => Some(graph.steps()[id.index()].name),
        Place::Start | Place::Stop | Place::Outside => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::draw::fixtures::small;

    #[test]
    fn a_step_says_what_it_takes_and_gives() {
        assert_eq!(
            small().to_json()["steps"][2],
            json!({
                "name": "collect", "doc": "", "kind": "collect", "take": 2, "mode": "inline", "workers": 4,
                "accepts": [["Left"]], "awaits": [], "resources": [], "catches": null,
                "retries": false, "timeout_ms": null,
                "emits": [
                    { "event": "Left", "fan_out": false },
                    { "event": "a|\"b\"\\c", "fan_out": false },
                ],
            })
        );
        let join = &small().to_json()["steps"][3];
        assert_eq!(join["kind"], "join");
        assert_eq!(join["accepts"].as_array().map(Vec::len), Some(3));
    }

    #[test]
    fn edges_end_where_the_workflow_ends() {
        let json = small().to_json();
        let edges = json["edges"].as_array().unwrap();
        assert_eq!(
            edges.first(),
            Some(&json!({
                "event": "Start", "from": null, "to": "split", "fan_out": false, "collect": false,
            }))
        );
        assert_eq!(
            edges.last(),
            Some(&json!({
                "event": "Stop", "from": "both", "to": null, "fan_out": false, "collect": false,
            }))
        );
    }

    #[test]
    fn an_event_carries_its_schema() {
        assert_eq!(
            small().to_json()["events"][0],
            json!({
                "name": "Start", "label": "Start<String>", "kind": "start",
                "schema": { "type": "integer", "format": "uint32", "minimum": 0 },
            })
        );
    }
}
