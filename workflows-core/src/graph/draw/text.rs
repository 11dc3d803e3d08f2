//! Text for a terminal: a table of what each step takes and gives.

use std::collections::BTreeSet;

use super::words;
use crate::{
    event::{EventId, EventInfo, EventKind},
    graph::{Emits, Graph, StepSpec, Trigger},
};

/// Columns are aligned up to this width, in characters; a longer entry pushes its own line to the right.
const MAX_COLUMN: usize = 36;

pub(super) fn render(graph: &Graph) -> String {
    let rows = rows(graph);
    let width = |column: fn(&Row) -> &String| {
        let widths = rows.iter().map(|row| column(row).chars().count());
        widths.filter(|w| *w <= MAX_COLUMN).max().unwrap_or(0)
    };
    let (takes, name, gives) = (width(|r| &r.takes), width(|r| &r.name), width(|r| &r.gives));
    let mut out = header(graph);
    for row in &rows {
        let line = format!(
            "  {:<takes$} {}▶ {:<name$} {}▶ {:<gives$}  {}",
            row.takes, row.rail_in, row.name, row.rail_out, row.gives, row.about,
        );
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn header(graph: &Graph) -> String {
    let doc = words::headline(graph.doc());
    let dash = if doc.is_empty() { "" } else { " – " };
    format!("{}{dash}{doc}\n\n", graph.name())
}

struct Row {
    takes: String,
    /// The line before the step: double where it takes many events at once.
    rail_in: char,
    name: String,
    /// The line behind the step: double where it emits a fan-out.
    rail_out: char,
    gives: String,
    about: String,
}

fn rows(graph: &Graph) -> Vec<Row> {
    let mut behind = BTreeSet::new();
    let row = |step| row(step, &mut behind);
    graph.steps().iter().map(row).collect()
}

/// The row of a step; `behind` are the events taken so far, which lead back when they are emitted again.
fn row(step: &StepSpec, behind: &mut BTreeSet<EventId>) -> Row {
    step.trigger.for_each(&mut |event| {
        behind.insert(event.id());
    });
    let mut opens_fan_out = false;
    step.emits
        .for_each(&mut |_, fan_out| opens_fan_out |= fan_out);
    let gives = gives(&step.emits, behind);
    Row {
        takes: takes(&step.trigger),
        rail_in: rail(matches!(step.trigger, Trigger::Collect { .. })),
        name: step.name.to_owned(),
        rail_out: if gives.is_empty() {
            '─'
        } else {
            rail(opens_fan_out)
        },
        gives: if gives.is_empty() {
            "()".to_owned()
        } else {
            gives
        },
        about: about(step),
    }
}

const fn rail(is_many: bool) -> char {
    if is_many { '═' } else { '─' }
}

fn takes(trigger: &Trigger) -> String {
    let alternatives = |events: &[EventInfo], many| {
        let names = events.iter().map(|event| taken(event, many));
        names.collect::<Vec<_>>().join(" | ")
    };
    match trigger {
        Trigger::Each(events) => alternatives(events, false),
        Trigger::Failure { .. } => "✗".to_owned(),
        Trigger::Collect { events, .. } => alternatives(events, true),
        Trigger::Join(slots) => {
            let slots = slots.iter().map(|slot| alternatives(slot, false));
            slots.collect::<Vec<_>>().join(" + ")
        }
    }
}

fn taken(event: &EventInfo, many: bool) -> String {
    let name = words::travelling(&event.label(), many);
    match event.kind() {
        EventKind::HumanResponse => format!("⇢ {name}"),
        EventKind::Ordinary | EventKind::Start | EventKind::Stop | EventKind::InputRequired => name,
    }
}

fn gives(emits: &Emits, behind: &BTreeSet<EventId>) -> String {
    let alternatives = |events: &[EventInfo], many| {
        let names = events.iter().map(|event| given(event, many, behind));
        names.collect::<Vec<_>>().join(" | ")
    };
    match emits {
        Emits::Nothing => String::new(),
        Emits::One(events) => alternatives(events, false),
        Emits::FanOut(events) => alternatives(events, true),
        Emits::All(parts) => {
            let parts = parts.iter().map(|part| gives(part, behind));
            let parts = parts.filter(|part| !part.is_empty()).map(in_brackets);
            parts.collect::<Vec<_>>().join(" + ")
        }
    }
}

/// Alternatives that stand beside other events are in brackets.
fn in_brackets(part: String) -> String {
    if part.contains(" | ") {
        format!("({part})")
    } else {
        part
    }
}

fn given(event: &EventInfo, many: bool, behind: &BTreeSet<EventId>) -> String {
    let name = words::travelling(&event.label(), many);
    match event.kind() {
        EventKind::InputRequired => format!("{name} ⇢"),
        _ if behind.contains(&event.id()) => format!("{name} ↺"),
        EventKind::Ordinary | EventKind::Start | EventKind::Stop | EventKind::HumanResponse => name,
    }
}

fn about(step: &StepSpec) -> String {
    let notes = words::notes(step);
    let doc = words::headline(step.doc);
    let notes = match notes.is_empty() {
        true => String::new(),
        false => format!("[{}] ", notes.join(", ")),
    };
    notes + doc
}

#[cfg(test)]
mod tests {
    use crate::event::EventKind;
    use crate::graph::draw::fixtures::{Sketch, chain, event, small, start, stop};

    #[test]
    fn a_small_graph_is_listed_to_the_letter() {
        let expected = r##"Demo – Shows "all" of it.

  Start<String>            ─▶ split   ═▶ Vec<Part>         Splits <all> & "more" | #1
  Part                     ─▶ work    ─▶ Part ↺ | Left     [spawn, 1 worker]
  Vec<Left>                ═▶ collect ─▶ Left ↺ + a|"b"\c  [take 2]
  Left + a|"b"\c + a|"b"\c ─▶ both    ─▶ Stop<Report>      [join]
"##;
        assert_eq!(small().to_text(), expected);
    }

    #[test]
    fn questions_leave_and_answers_enter() {
        let ask = event("Ask", EventKind::InputRequired);
        let answer = event("Answer", EventKind::HumanResponse);
        let graph = Sketch::default()
            .step("ask", &[start()], &[ask])
            .step("end", &[answer], &[stop()])
            .step("watch", &[ask], &[])
            .graph();
        let lines: Vec<_> = graph.to_text().lines().skip(2).map(str::to_owned).collect();
        assert_eq!(
            lines,
            [
                "  Start<String> ─▶ ask   ─▶ Ask ⇢",
                "  ⇢ Answer      ─▶ end   ─▶ Stop<Report>",
                "  Ask           ─▶ watch ─▶ ()",
            ]
        );
    }

    #[test]
    fn a_long_workflow_has_a_line_for_each_step() {
        assert_eq!(chain(200).to_text().lines().skip(2).count(), 200);
    }
}
