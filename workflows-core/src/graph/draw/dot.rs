//! DOT: `digraph`.
//!
//! A join is a hexagon, a collecting step a funnel; the arrows of many events are double, those of the outside dashed, those of failures dotted.

use std::fmt::Write;

use super::{
    picture::{Arrow, Node, NodeId, Picture, Stroke},
    words,
};
use crate::graph::{StepSpec, Trigger};

const DEFAULTS: &str = "\
    rankdir=TB;
    node [fontname=\"Helvetica\", fontsize=12, style=\"rounded,filled\", shape=box];
    edge [fontname=\"Helvetica\", fontsize=11, color=\"#6b7685\"];
";

/// The widest line of a doc comment, in characters.
const DOC_WIDTH: usize = 40;

pub(super) fn render(picture: &Picture) -> String {
    let mut out = format!("digraph {} {{\n", quoted(&picture.name));
    for line in DEFAULTS.lines() {
        let _ = writeln!(out, "    {}", line.trim_start());
    }
    for (id, node) in picture.nodes() {
        let _ = writeln!(out, "    {}", declaration(id, node));
    }
    for arrow in &picture.arrows {
        let _ = writeln!(out, "    {}", connection(picture, arrow));
    }
    out.push_str("}\n");
    out
}

fn declaration(id: NodeId, node: &Node) -> String {
    let look = match node {
        Node::Start(_) | Node::Stop(_) => {
            "shape=oval, style=filled, fillcolor=\"#24292f\", fontcolor=\"#ffffff\""
        }
        Node::Event(_) => "shape=oval, style=filled, fillcolor=\"#f1f3f5\", color=\"#8c959f\"",
        Node::Outside => {
            "shape=circle, style=\"dashed,filled\", fillcolor=\"#f5efff\", color=\"#8250df\""
        }
        Node::Ran(ran) if ran.has_failed => FAILED,
        Node::Step(step) => look(step),
        Node::Ran(ran) => look(ran.step),
    };
    format!(
        "{} [label={}, {look}];",
        name(id, node),
        quoted(&text(node))
    )
}

const FAILED: &str = "fillcolor=\"#fdeaea\", color=\"#c93c37\"";

/// The attributes of a step.
const fn look(step: &StepSpec) -> &'static str {
    match step.trigger {
        Trigger::Failure { .. } => FAILED,
        Trigger::Each(_) => "fillcolor=\"#eaf1fe\", color=\"#4c7bd9\"",
        Trigger::Join(_) => "shape=hexagon, style=filled, fillcolor=\"#fdf1df\", color=\"#cc8a1f\"",
        Trigger::Collect { .. } => {
            "shape=invtrapezium, style=filled, fillcolor=\"#e3f6eb\", color=\"#2f9e64\""
        }
    }
}

/// The identifier of a node, quoted: of a step its name.
fn name(id: NodeId, node: &Node) -> String {
    match node {
        Node::Step(step) => quoted(&format!("step_{}", step.name)),
        Node::Ran(ran) => quoted(&ran.id),
        Node::Start(_) | Node::Event(_) | Node::Outside | Node::Stop(_) => {
            quoted(&format!("node{}", id.index()))
        }
    }
}

fn text(node: &Node) -> String {
    match node {
        Node::Start(event) | Node::Event(event) | Node::Stop(event) => event.label(),
        Node::Outside => words::OUTSIDE.to_owned(),
        Node::Step(step) => step_text(step),
        Node::Ran(ran) => format!("{}\n({})", ran.name, ran.notes.join(" · ")),
    }
}

fn step_text(step: &StepSpec) -> String {
    let mut lines = vec![step.name.to_owned()];
    lines.extend(words::wrap(words::headline(step.doc), DOC_WIDTH));
    let notes = words::notes(step);
    if !notes.is_empty() {
        lines.push(format!("({})", notes.join(" · ")));
    }
    lines.join("\n")
}

fn connection(picture: &Picture, arrow: &Arrow) -> String {
    let end = |id: NodeId| name(id, &picture.nodes[id.index()]);
    let mut attributes = Vec::new();
    attributes.extend(
        arrow
            .label
            .as_deref()
            .map(|l| format!("label={}", quoted(l))),
    );
    attributes.extend(match arrow.stroke {
        Stroke::Plain => None,
        Stroke::Many => Some("color=\"#2f9e64:invis:#2f9e64\"".to_owned()),
        Stroke::Outside => Some("style=dashed, color=\"#8250df\"".to_owned()),
        Stroke::Failure => Some("style=dotted, color=\"#c93c37\"".to_owned()),
    });
    let attributes = match attributes.is_empty() {
        true => String::new(),
        false => format!(" [{}]", attributes.join(", ")),
    };
    format!("{} -> {}{attributes};", end(arrow.from), end(arrow.to))
}

/// A quoted string, with line breaks written as `\n`.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use layout::gv::DotParser;

    use crate::graph::draw::fixtures::{random, small};

    #[test]
    fn a_small_graph_is_drawn_to_the_letter() {
        let expected = r##"digraph "Demo" {
    rankdir=TB;
    node [fontname="Helvetica", fontsize=12, style="rounded,filled", shape=box];
    edge [fontname="Helvetica", fontsize=11, color="#6b7685"];
    "node0" [label="Start<String>", shape=oval, style=filled, fillcolor="#24292f", fontcolor="#ffffff"];
    "step_split" [label="split\nSplits <all> & \"more\" | #1", fillcolor="#eaf1fe", color="#4c7bd9"];
    "step_work" [label="work\n(spawn · 1 worker)", fillcolor="#eaf1fe", color="#4c7bd9"];
    "step_collect" [label="collect\n(take 2)", shape=invtrapezium, style=filled, fillcolor="#e3f6eb", color="#2f9e64"];
    "step_both" [label="both\n(join)", shape=hexagon, style=filled, fillcolor="#fdf1df", color="#cc8a1f"];
    "node5" [label="Left", shape=oval, style=filled, fillcolor="#f1f3f5", color="#8c959f"];
    "node6" [label="Stop<Report>", shape=oval, style=filled, fillcolor="#24292f", fontcolor="#ffffff"];
    "node0" -> "step_split";
    "step_split" -> "step_work" [label="Vec<Part>", color="#2f9e64:invis:#2f9e64"];
    "step_work" -> "step_work" [label="Part"];
    "step_work" -> "node5";
    "step_collect" -> "node5";
    "node5" -> "step_collect" [color="#2f9e64:invis:#2f9e64"];
    "node5" -> "step_both";
    "step_collect" -> "step_both" [label="a|\"b\"\\c ×2"];
    "step_both" -> "node6";
}
"##;
        assert_eq!(small().to_dot(), expected);
    }

    #[test]
    fn every_graph_gives_valid_dot() {
        for dot in (0..60)
            .map(|seed| random(seed).to_dot())
            .chain([small().to_dot()])
        {
            if let Err(error) = DotParser::new(&dot).process() {
                panic!("{error} in\n{dot}");
            }
        }
    }
}
