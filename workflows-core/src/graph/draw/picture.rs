//! The neutral model of a picture: nodes and arrows.

use std::collections::BTreeMap;

use super::{
    traffic::{Place, Source, Target, Traffic},
    words,
};
use crate::{
    event::EventInfo,
    graph::{Graph, StepSpec, Trigger},
    routes::StepId,
};

/// The most steps that share one `Stop` or one *outside*: beyond it, arrows from everywhere would hide the rest.
pub(super) const CROWD: usize = 6;

/// Number of a node: its place in [`Picture::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NodeId(usize);

impl NodeId {
    pub(super) const fn index(self) -> usize {
        self.0
    }
}

#[derive(Clone, Debug)]
pub(super) enum Node {
    Start(EventInfo),
    Step(&'static StepSpec),
    /// An event between the steps that emit it and those that take it.
    Event(EventInfo),
    Outside,
    Stop(EventInfo),
    /// What a step did in a run.
    Ran(Box<Ran>),
}

/// An invocation of a step, or all of them.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    pub(super) step: &'static StepSpec,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) notes: Vec<String>,
    pub(super) has_failed: bool,
}

/// How an arrow is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stroke {
    Plain,
    /// Carries the elements of a fan-out.
    Many,
    /// Leads to the outside or comes from there.
    Outside,
    /// Leads to the step that handles a failure.
    Failure,
}

#[derive(Clone, Debug)]
pub(super) struct Arrow {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) label: Option<String>,
    pub(super) stroke: Stroke,
}

/// Nodes and arrows.
#[derive(Debug, Default)]
pub(super) struct Picture {
    pub(super) name: String,
    /// What it shows, in a line.
    pub(super) about: String,
    pub(super) nodes: Vec<Node>,
    pub(super) arrows: Vec<Arrow>,
}

impl Picture {
    pub(super) fn of(graph: &Graph) -> Self {
        let traffic = Traffic::of(graph);
        let mut painter = Painter::new(graph, &traffic);
        for event in &traffic {
            painter.draw(event);
        }
        painter.draw_failures(graph);
        painter.picture
    }

    pub(super) fn titled(name: &str, about: &str) -> Self {
        Self {
            name: name.to_owned(),
            about: about.to_owned(),
            ..Self::default()
        }
    }

    /// The nodes with their numbers.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        (0..).map(NodeId).zip(&self.nodes)
    }

    pub(super) fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() - 1)
    }
}

/// Draws event by event, and remembers which place has which node.
struct Painter {
    picture: Picture,
    /// The nodes of places; with a step where the place has a node for each step.
    places: BTreeMap<(Place, Option<StepId>), NodeId>,
    is_stop_crowded: bool,
    is_outside_crowded: bool,
}

impl Painter {
    /// A picture of the places that lead the layout: `Start` first, then the steps in declaration order.
    fn new(graph: &Graph, traffic: &[Traffic]) -> Self {
        let mut painter = Self {
            picture: Picture::titled(graph.name(), words::headline(graph.doc())),
            places: BTreeMap::new(),
            is_stop_crowded: is_crowded(traffic, Place::Stop),
            is_outside_crowded: is_crowded(traffic, Place::Outside),
        };
        for event in traffic {
            if event.sources.iter().any(|s| s.place == Place::Start) {
                painter.place(Place::Start, None, Node::Start(event.event));
            }
        }
        for (step, id) in graph.steps().iter().zip(0..) {
            painter.place(Place::Step(StepId(id)), None, Node::Step(step));
        }
        painter
    }

    fn draw(&mut self, traffic: &Traffic) {
        if is_hub(traffic) {
            self.draw_hub(traffic);
            return;
        }
        for source in &traffic.sources {
            for target in &traffic.targets {
                self.draw_arrow(traffic.event, *source, *target);
            }
        }
    }

    fn draw_arrow(&mut self, event: EventInfo, source: Source, target: Target) {
        let from = self.node(event, source.place, target.place);
        let to = self.node(event, target.place, source.place);
        let is_many = source.fan_out || target.collect;
        let is_named_by_node = source.place == Place::Start || target.place == Place::Stop;
        self.picture.arrows.push(Arrow {
            from,
            to,
            label: (!is_named_by_node).then(|| label(event, is_many, target.slots)),
            stroke: stroke(is_many, source.place, target.place),
        });
    }

    fn draw_hub(&mut self, traffic: &Traffic) {
        let hub = self.picture.push(Node::Event(traffic.event));
        for source in &traffic.sources {
            let from = self.node(traffic.event, source.place, source.place);
            self.picture.arrows.push(Arrow {
                from,
                to: hub,
                label: None,
                stroke: stroke(source.fan_out, source.place, source.place),
            });
        }
        for target in &traffic.targets {
            let to = self.node(traffic.event, target.place, target.place);
            self.picture.arrows.push(Arrow {
                from: hub,
                to,
                label: (target.slots > 1).then(|| format!("×{}", target.slots)),
                stroke: stroke(target.collect, target.place, target.place),
            });
        }
    }

    /// An arrow from each step that a handler names. One that handles all others says so itself: its arrows would come
    /// from everywhere.
    fn draw_failures(&mut self, graph: &Graph) {
        for (handler, to) in graph.steps().iter().zip(0..) {
            let Trigger::Failure { of, .. } = handler.trigger else {
                continue;
            };
            let steps = graph.steps().iter().zip(0..);
            for (_, from) in steps.filter(|(step, _)| of.contains(&step.name)) {
                self.picture.arrows.push(Arrow {
                    from: self.step(from),
                    to: self.step(to),
                    label: None,
                    stroke: Stroke::Failure,
                });
            }
        }
    }

    /// The node of a step.
    fn step(&self, id: u16) -> NodeId {
        self.places[&(Place::Step(StepId(id)), None)]
    }

    /// The node of `place`, at the end of an arrow whose other end is `other`.
    fn node(&mut self, event: EventInfo, place: Place, other: Place) -> NodeId {
        let (node, is_crowded) = match place {
            Place::Stop => (Node::Stop(event), self.is_stop_crowded),
            Place::Outside => (Node::Outside, self.is_outside_crowded),
            Place::Start | Place::Step(_) => (Node::Start(event), false),
        };
        let own = match other {
            Place::Step(step) if is_crowded => Some(step),
            Place::Step(_) | Place::Start | Place::Stop | Place::Outside => None,
        };
        self.place(place, own, node)
    }

    fn place(&mut self, place: Place, own: Option<StepId>, node: Node) -> NodeId {
        let picture = &mut self.picture;
        *self
            .places
            .entry((place, own))
            .or_insert_with(|| picture.push(node))
    }
}

/// Whether more arrows than [`CROWD`] touch a place.
fn is_crowded(traffic: &[Traffic], place: Place) -> bool {
    let arrows = traffic.iter().map(|event| {
        let from = event.sources.iter().filter(|s| s.place == place).count();
        let to = event.targets.iter().filter(|t| t.place == place).count();
        from * event.targets.len() + to * event.sources.len()
    });
    arrows.sum::<usize>() > CROWD
}

/// Whether an event is a node of its own: there would be an arrow from each of several steps to each of several, or
/// there is none at all.
fn is_hub(traffic: &Traffic) -> bool {
    let (sources, targets) = (traffic.sources.len(), traffic.targets.len());
    sources * targets == 0 || (sources > 1 && targets > 1)
}

fn label(event: EventInfo, is_many: bool, slots: usize) -> String {
    let label = words::travelling(&event.label(), is_many);
    if slots > 1 {
        format!("{label} ×{slots}")
    } else {
        label
    }
}

fn stroke(is_many: bool, from: Place, to: Place) -> Stroke {
    if from == Place::Outside || to == Place::Outside {
        Stroke::Outside
    } else if is_many {
        Stroke::Many
    } else {
        Stroke::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        event::EventKind,
        graph::{
            Emits,
            draw::fixtures::{Sketch, event, events, ordinary, small, start, stop, stopping},
        },
    };

    fn count(picture: &Picture, is: fn(&Node) -> bool) -> usize {
        picture.nodes.iter().filter(|node| is(node)).count()
    }

    #[test]
    fn an_event_between_several_steps_is_a_node() {
        let picture = Picture::of(&small());
        assert_eq!(
            count(
                &picture,
                |node| matches!(node, Node::Event(e) if e.name() == "Left")
            ),
            1
        );
        assert_eq!(count(&picture, |node| matches!(node, Node::Event(_))), 1);
    }

    #[test]
    fn an_event_that_nothing_takes_is_a_node() {
        let graph = Sketch::default()
            .step("log", &[start()], &[stop(), ordinary("Lost")])
            .graph();
        assert_eq!(
            count(&Picture::of(&graph), |node| matches!(node, Node::Event(_))),
            1
        );
    }

    #[test]
    fn questions_and_answers_meet_outside() {
        let ask = event("Ask", EventKind::InputRequired);
        let answer = event("Answer", EventKind::HumanResponse);
        let graph = Sketch::default()
            .step("ask", &[start()], &[ask])
            .step("end", &[answer], &[stop()])
            .graph();
        let picture = Picture::of(&graph);
        assert_eq!(count(&picture, |node| matches!(node, Node::Outside)), 1);
        let outside = picture
            .arrows
            .iter()
            .filter(|arrow| arrow.stroke == Stroke::Outside);
        assert_eq!(outside.count(), 2);
    }

    #[test]
    fn failures_lead_to_the_handler_that_names_the_step() {
        let handler = |of| Trigger::Failure {
            of,
            max_recoveries: 1,
        };
        let graph = Sketch::default()
            .step("fetch", &[start()], &[ordinary("Page")])
            .step("read", &[ordinary("Page")], &[stop()])
            .with(
                "retry_later",
                handler(&["fetch"]),
                Emits::One(events(&[stop()])),
            )
            .with("give_up", handler(&[]), Emits::One(events(&[stop()])))
            .graph();
        let failures: Vec<_> = Picture::of(&graph)
            .arrows
            .into_iter()
            .filter(|arrow| arrow.stroke == Stroke::Failure)
            .map(|arrow| (arrow.from, arrow.to))
            .collect();
        assert_eq!(failures, [(NodeId(1), NodeId(3))]);
    }

    #[test]
    fn a_crowd_does_not_share_its_stop() {
        let stops = |length| {
            count(&Picture::of(&stopping(length)), |node| {
                matches!(node, Node::Stop(_))
            })
        };
        assert_eq!(stops(CROWD), 1);
        assert_eq!(stops(CROWD + 1), CROWD + 1);
    }
}
