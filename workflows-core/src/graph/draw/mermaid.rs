//! Mermaid: `flowchart TD`.
//!
//! A join is a hexagon, a collecting step a funnel; double arrows are thick ones, the outside and failures have dotted ones.

use std::fmt::Write;

use super::{
    picture::{Arrow, Node, NodeId, Picture, Stroke},
    words,
};
use crate::graph::{StepSpec, Trigger};

/// Colours that read on light and dark pages: each class sets its text, too.
const STYLES: &str = "\
    classDef step fill:#eaf1fe,stroke:#4c7bd9,color:#1f2328
    classDef join fill:#fdf1df,stroke:#cc8a1f,color:#1f2328
    classDef collect fill:#e3f6eb,stroke:#2f9e64,color:#1f2328
    classDef handler fill:#fdeaea,stroke:#c93c37,color:#1f2328
    classDef event fill:#f1f3f5,stroke:#8c959f,color:#1f2328
    classDef outside fill:#f5efff,stroke:#8250df,color:#1f2328,stroke-dasharray:5 4
    classDef terminal fill:#24292f,stroke:#8c959f,color:#ffffff
";

pub(super) fn render(picture: &Picture) -> String {
    let mut out = format!("---\ntitle: {}\n---\nflowchart TD\n", yaml(&picture.name));
    if !picture.about.is_empty() {
        let _ = writeln!(out, "    accDescr: {}", picture.about);
    }
    for (id, node) in picture.nodes() {
        out.push_str("    ");
        out.push_str(&declaration(id, node));
        out.push('\n');
    }
    for arrow in &picture.arrows {
        out.push_str("    ");
        out.push_str(&connection(picture, arrow));
        out.push('\n');
    }
    out.push_str(&indented(STYLES));
    out
}

fn indented(lines: &str) -> String {
    lines.lines().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "    {}", line.trim_start());
        out
    })
}

/// A double-quoted YAML string.
fn yaml(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn declaration(id: NodeId, node: &Node) -> String {
    let (open, close, class) = match node {
        Node::Start(_) | Node::Stop(_) => ("([", "])", "terminal"),
        Node::Event(_) => ("(", ")", "event"),
        Node::Outside => ("((", "))", "outside"),
        Node::Step(step) => look(step),
        Node::Ran(ran) => {
            let (open, close, class) = look(ran.step);
            (open, close, if ran.has_failed { "handler" } else { class })
        }
    };
    format!(
        "{}{open}\"{}\"{close}:::{class}",
        name(id, node),
        text(node)
    )
}

/// Both ends and the class of a step.
const fn look(step: &StepSpec) -> (&'static str, &'static str, &'static str) {
    match step.trigger {
        Trigger::Each(_) => ("[", "]", "step"),
        Trigger::Failure { .. } => ("[[", "]]", "handler"),
        Trigger::Join(_) => ("{{", "}}", "join"),
        Trigger::Collect { .. } => ("[\\", "/]", "collect"),
    }
}

/// The identifier of a node: of a step its name, where Mermaid can read it.
fn name(id: NodeId, node: &Node) -> String {
    match node {
        Node::Step(step) if is_plain(step.name) => format!("step_{}", step.name),
        Node::Ran(ran) if is_plain(&ran.id) => ran.id.clone(),
        Node::Step(_)
        | Node::Start(_)
        | Node::Event(_)
        | Node::Outside
        | Node::Stop(_)
        | Node::Ran(_) => format!("node{}", id.index()),
    }
}

fn is_plain(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn text(node: &Node) -> String {
    match node {
        Node::Start(event) | Node::Event(event) | Node::Stop(event) => escaped(&event.label()),
        Node::Outside => words::OUTSIDE.to_owned(),
        Node::Step(step) => step_text(step),
        Node::Ran(ran) => {
            let notes: Vec<_> = ran.notes.iter().map(|note| escaped(note)).collect();
            format!(
                "<b>{}</b><br/><i>{}</i>",
                escaped(&ran.name),
                notes.join(" · ")
            )
        }
    }
}

fn step_text(step: &StepSpec) -> String {
    let mut text = format!("<b>{}</b>", escaped(step.name));
    let doc = words::headline(step.doc);
    if !doc.is_empty() {
        let _ = write!(text, "<br/>{}", escaped(doc));
    }
    let notes = words::notes(step);
    if !notes.is_empty() {
        let _ = write!(text, "<br/><i>{}</i>", escaped(&notes.join(" · ")));
    }
    text
}

fn connection(picture: &Picture, arrow: &Arrow) -> String {
    let line = match arrow.stroke {
        Stroke::Plain => "-->",
        Stroke::Many => "==>",
        Stroke::Outside | Stroke::Failure => "-.->",
    };
    let end = |id: NodeId| name(id, &picture.nodes[id.index()]);
    let label = arrow.label.as_deref().map(escaped);
    let label = label.map_or_else(String::new, |label| format!("|\"{label}\"|"));
    format!("{} {line}{label} {}", end(arrow.from), end(arrow.to))
}

/// Writes what Mermaid or HTML could misread as character codes; a line break becomes a space.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '#' | '`' | '|' | '\\' | ';' | '*' | '$' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::draw::fixtures::small;

    #[test]
    fn a_small_graph_is_drawn_to_the_letter() {
        let expected = r##"---
title: "Demo"
---
flowchart TD
    accDescr: Shows "all" of it.
    node0(["Start#lt;String#gt;"]):::terminal
    step_split["<b>split</b><br/>Splits #lt;all#gt; #amp; #quot;more#quot; #124; #35;1"]:::step
    step_work["<b>work</b><br/><i>spawn · 1 worker</i>"]:::step
    step_collect[\"<b>collect</b><br/><i>take 2</i>"/]:::collect
    step_both{{"<b>both</b><br/><i>join</i>"}}:::join
    node5("Left"):::event
    node6(["Stop#lt;Report#gt;"]):::terminal
    node0 --> step_split
    step_split ==>|"Vec#lt;Part#gt;"| step_work
    step_work -->|"Part"| step_work
    step_work --> node5
    step_collect --> node5
    node5 ==> step_collect
    node5 --> step_both
    step_collect -->|"a#124;#quot;b#quot;#92;c ×2"| step_both
    step_both --> node6
"##;
        assert_eq!(
            small().to_mermaid(),
            expected.to_owned() + &indented(STYLES)
        );
    }
}
