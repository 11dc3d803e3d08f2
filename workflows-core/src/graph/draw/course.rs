//! The picture of what happened in a run: invocations in place of steps.
//!
//! A run of more than [`MOST`] invocations is drawn with one node for all invocations of a step.

use std::{collections::BTreeMap, time::Duration};

use super::{
    picture::{Arrow, Node, NodeId, Picture, Ran, Stroke},
    words,
};
use crate::{
    event::{EventInfo, EventKind},
    history::{Cause, History, PastInvocation},
};

/// The most invocations that have a node each.
const MOST: usize = 60;

/// Who stands for an invocation: itself, or its step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Actor {
    Start,
    One(u64),
    Step(u16),
    Outside,
    Stop,
}

struct Painter<'h> {
    history: &'h History,
    events: Vec<EventInfo>,
    is_crowded: bool,
    picture: Picture,
    nodes: BTreeMap<Actor, NodeId>,
    /// How many events of which name went from whom to whom, in the order of their first mention.
    ways: Vec<((Actor, Actor, String), u64)>,
    known: BTreeMap<(Actor, Actor, String), usize>,
}

impl Picture {
    /// The picture of a run.
    pub(super) fn of_history(history: &History) -> Self {
        let graph = history.graph();
        let mut painter = Painter {
            history,
            events: graph.events(),
            is_crowded: history.invocations().len() > MOST,
            picture: Self::titled(graph.name(), &history.summary()),
            nodes: BTreeMap::new(),
            ways: Vec::new(),
            known: BTreeMap::new(),
        };
        painter.survey();
        painter.place();
        painter.connect();
        painter.picture
    }
}

impl Painter<'_> {
    fn actor(&self, invocation: &PastInvocation) -> Actor {
        if self.is_crowded {
            Actor::Step(invocation.step.ordinal)
        } else {
            Actor::One(invocation.number)
        }
    }

    /// Finds out which events went where.
    fn survey(&mut self) {
        let history = self.history;
        for invocation in history.invocations() {
            let actor = self.actor(invocation);
            for cause in &invocation.causes {
                if let Some(from) = self.emitter(cause) {
                    self.add(from, actor, &cause.event, cause.count);
                }
            }
            for (event, count) in &invocation.emitted {
                match self.kind(event) {
                    Some(EventKind::Stop) => self.add(actor, Actor::Stop, event, *count),
                    Some(EventKind::InputRequired) => {
                        self.add(actor, Actor::Outside, event, *count)
                    }
                    _ => {}
                }
            }
        }
    }

    /// Who emitted an event; `None` where that is not known: it was in flight when a snapshot was taken.
    fn emitter(&self, cause: &Cause) -> Option<Actor> {
        if let Some(number) = cause.from {
            return Some(self.actor(self.history.invocation(number)?));
        }
        match self.kind(&cause.event)? {
            EventKind::Start => Some(Actor::Start),
            EventKind::HumanResponse => Some(Actor::Outside),
            EventKind::Ordinary | EventKind::Stop | EventKind::InputRequired => None,
        }
    }

    fn info(&self, event: &str) -> Option<EventInfo> {
        self.events
            .iter()
            .copied()
            .find(|info| info.name() == event)
    }

    fn kind(&self, event: &str) -> Option<EventKind> {
        self.info(event).map(|info| info.kind())
    }

    fn add(&mut self, from: Actor, to: Actor, event: &str, count: u64) {
        let way = (from, to, event.to_owned());
        let next = self.ways.len();
        let place = *self.known.entry(way.clone()).or_insert(next);
        if place == next {
            self.ways.push((way, 0));
        }
        self.ways[place].1 += count;
    }

    /// Makes the nodes: what is at the beginning first, the invocations in their order.
    fn place(&mut self) {
        let ends = |actor| {
            self.ways
                .iter()
                .any(|((from, to, _), _)| *from == actor || *to == actor)
        };
        let [has_start, has_outside, has_stop] =
            [Actor::Start, Actor::Outside, Actor::Stop].map(ends);
        let of_kind = |kind| {
            self.events
                .iter()
                .copied()
                .find(|event| event.kind() == kind)
        };
        let (start, stop) = (of_kind(EventKind::Start), of_kind(EventKind::Stop));
        if let Some(start) = start.filter(|_| has_start) {
            self.push(Actor::Start, Node::Start(start));
        }
        let mut groups: BTreeMap<Actor, Vec<&PastInvocation>> = BTreeMap::new();
        for invocation in self.history.invocations() {
            groups
                .entry(self.actor(invocation))
                .or_default()
                .push(invocation);
        }
        for (actor, group) in groups {
            let ran = ran(self.history, &group, actor);
            self.push(actor, Node::Ran(Box::new(ran)));
        }
        if has_outside {
            self.push(Actor::Outside, Node::Outside);
        }
        if let Some(stop) = stop.filter(|_| has_stop) {
            self.push(Actor::Stop, Node::Stop(stop));
        }
    }

    fn push(&mut self, actor: Actor, node: Node) {
        let id = self.picture.push(node);
        self.nodes.insert(actor, id);
    }

    fn connect(&mut self) {
        for ((from, to, event), count) in std::mem::take(&mut self.ways) {
            let (Some(start), Some(end)) = (self.nodes.get(&from), self.nodes.get(&to)) else {
                continue;
            };
            let is_named_by_node = from == Actor::Start || to == Actor::Stop;
            let label = self.info(&event).map_or(event, |info| info.label());
            let label = words::counted(&label, count);
            self.picture.arrows.push(Arrow {
                from: *start,
                to: *end,
                label: (!is_named_by_node).then_some(label),
                stroke: stroke(from, to, count),
            });
        }
    }
}

fn stroke(from: Actor, to: Actor, count: u64) -> Stroke {
    if from == Actor::Outside || to == Actor::Outside {
        Stroke::Outside
    } else if count > 1 {
        Stroke::Many
    } else {
        Stroke::Plain
    }
}

/// The node of one invocation, or of all of a step.
fn ran(history: &History, group: &[&PastInvocation], actor: Actor) -> Ran {
    let first = group[0];
    let (step, has_failed) = (first.step, group.iter().any(|one| one.error().is_some()));
    match actor {
        Actor::Step(_) => Ran {
            step,
            id: format!("step_{}", step.name),
            name: words::counted(step.name, group.len() as u64),
            notes: notes_of_many(history, group),
            has_failed,
        },
        Actor::Start | Actor::One(_) | Actor::Outside | Actor::Stop => Ran {
            step,
            id: format!("step_{}_{}", step.name, first.number),
            name: format!("{} #{}", step.name, first.number),
            notes: began(first)
                .into_iter()
                .chain(first.notes(history))
                .collect(),
            has_failed,
        },
    }
}

/// Says when an invocation began that did not begin with the run.
fn began(invocation: &PastInvocation) -> Option<String> {
    let began = invocation.began();
    (!began.is_zero()).then(|| format!("after {began:.1?}"))
}

fn notes_of_many(history: &History, group: &[&PastInvocation]) -> Vec<String> {
    let times = group.iter().map(|one| one.took(history.elapsed()));
    let (sum, most) = times.fold((Duration::ZERO, Duration::ZERO), |(sum, most), time| {
        (sum + time, most.max(time))
    });
    let mut notes = vec![format!("{sum:.1?} in all"), format!("{most:.1?} at most")];
    let mut count = |counted: &dyn Fn(&PastInvocation) -> usize, word: &str| {
        let number: usize = group.iter().map(|one| counted(one)).sum();
        if number > 0 {
            notes.push(format!("{number} {word}"));
        }
    };
    count(&|one| one.attempts.len().saturating_sub(1), "retried");
    count(&|one| usize::from(one.error().is_some()), "failed");
    count(&|one| usize::from(!one.is_done), "not done");
    notes
}

impl History {
    /// The course of the run as a [Mermaid](https://mermaid.js.org) flowchart.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        super::mermaid::render(&Picture::of_history(self))
    }

    /// The course of the run in DOT, the language of [Graphviz](https://graphviz.org).
    #[must_use]
    pub fn to_dot(&self) -> String {
        super::dot::render(&Picture::of_history(self))
    }

    /// The course of the run as an SVG picture: complete in itself, for light and dark pages.
    #[cfg(feature = "svg")]
    #[must_use]
    pub fn to_svg(&self) -> String {
        super::svg::render(&Picture::of_history(self))
    }
}

#[cfg(test)]
mod tests {
    use layout::gv::DotParser;

    use super::*;
    use crate::graph::draw::fixtures::{random, small};

    fn ms(time: u64) -> Duration {
        Duration::from_millis(time)
    }

    /// A run in which every invocation runs on an event of the one before, and some go wrong.
    fn history(seed: u64, length: u64) -> History {
        let graph = random(seed);
        let mut history = History::new(graph);
        let (steps, events) = (graph.steps(), graph.events());
        for number in 1..=length {
            let step = steps[(number * seed) as usize % steps.len()];
            let event = events[number as usize % events.len()].name();
            let cause = Cause {
                event: event.to_owned(),
                from: number.checked_sub(1 + number % 2).filter(|from| *from > 0),
                count: 1 + number % 3,
            };
            history.note_attempt(number, step.name, vec![cause], ms(number));
            match number % 4 {
                0 => history.note_failure(
                    number,
                    "a \"bad\" <one>".to_owned(),
                    number % 8 == 0,
                    ms(1),
                    ms(number + 1),
                ),
                1 => history.note_wait(number, ms(number + 1)),
                _ => {
                    history.note_return(number, vec![(event.to_owned(), 2)], ms(2), ms(number + 2))
                }
            }
        }
        history
    }

    #[test]
    fn every_history_gives_valid_dot() {
        for seed in 0..60 {
            let dot = history(seed, seed * 2).to_dot();
            if let Err(error) = DotParser::new(&dot).process() {
                panic!("{error} in\n{dot}");
            }
        }
    }

    #[cfg(feature = "svg")]
    #[test]
    fn every_history_gives_a_well_formed_picture_and_a_timeline() {
        for seed in 0..60 {
            let history = history(seed, seed * 2);
            let svg = history.to_svg();
            if let Err(error) = roxmltree::Document::parse(&svg) {
                panic!("{error} in\n{svg}");
            }
            assert_eq!(history.to_text().lines().count() as u64, 2 + seed * 2);
        }
    }

    #[test]
    fn a_step_that_the_graph_does_not_have_is_not_noted() {
        let mut history = History::new(small());
        history.note_attempt(1, "nobody", vec![], ms(1));
        assert_eq!(history.invocations().len(), 0);
        assert_eq!(
            history.to_text(),
            "Demo: under way, 1.0ms, 0 invocations\n\n"
        );
    }

    #[test]
    fn more_than_so_many_invocations_are_drawn_by_their_steps() {
        let nodes = |length| Picture::of_history(&history(7, length)).nodes.len();
        assert!(nodes(MOST as u64) > MOST);
        assert!(nodes(MOST as u64 + 1) < 20);
    }
}
