//! The box of a node: its words, its shape and its size.

use std::fmt::Write;

use super::{
    layout::Point,
    measure::{Font, Size, wrap_evenly},
    xml::{self, escaped, number},
};
use crate::graph::{
    StepSpec, Trigger,
    draw::{picture::Node, words},
};

/// The widest line of a doc comment, in characters.
const DOC_WIDTH: usize = 36;
/// The most lines of a doc comment.
const DOC_LINES: usize = 3;
/// How far the slanted sides of a join or a collecting step lean inwards.
const SLANT: f64 = 14.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// A rounded rectangle.
    Step,
    /// A hexagon.
    Join,
    /// A funnel.
    Collect,
    /// A rounded rectangle, in the colour of what went wrong.
    Failed,
    /// Round at both ends.
    Terminal,
    Event,
    Outside,
}

impl Shape {
    const fn class(self) -> &'static str {
        match self {
            Self::Step => "wf-step",
            Self::Join => "wf-join",
            Self::Collect => "wf-collect",
            Self::Failed => "wf-failed",
            Self::Terminal => "wf-terminal",
            Self::Event => "wf-event",
            Self::Outside => "wf-outside",
        }
    }

    /// How much of the box's width, on each side, the upper and the lower edge lack.
    const fn insets(self) -> (f64, f64) {
        match self {
            Self::Step | Self::Failed | Self::Outside => (8.0, 8.0),
            Self::Join => (SLANT, SLANT),
            Self::Collect => (4.0, 2.0 * SLANT),
            Self::Terminal | Self::Event => (16.0, 16.0),
        }
    }
}

struct Line {
    class: &'static str,
    font: Font,
    text: String,
}

impl Line {
    const fn new(class: &'static str, font: Font, text: String) -> Self {
        Self { class, font, text }
    }
}

/// A box, ready to be placed.
pub(super) struct Card {
    pub(super) size: Size,
    shape: Shape,
    lines: Vec<Line>,
    /// What is shown when the pointer rests on the box.
    tip: String,
}

impl Card {
    pub(super) fn of(node: &Node) -> Self {
        match node {
            Node::Start(event) | Node::Stop(event) => {
                let name = Line::new("wf-name", Font::LABEL, event.label());
                Self::new(Shape::Terminal, vec![name], String::new())
            }
            Node::Event(event) => {
                let name = Line::new("wf-label", Font::LABEL, event.label());
                Self::new(Shape::Event, vec![name], String::new())
            }
            Node::Outside => {
                let name = Line::new("wf-doc", Font::DOC, words::OUTSIDE.to_owned());
                Self::new(Shape::Outside, vec![name], String::new())
            }
            Node::Step(step) => Self::new(shape(step), lines(step), step.doc.to_owned()),
            Node::Ran(ran) => {
                let shape = if ran.has_failed {
                    Shape::Failed
                } else {
                    shape(ran.step)
                };
                let mut lines = vec![Line::new("wf-name", Font::NAME, ran.name.clone())];
                let notes = ran.notes.iter().cloned();
                lines.extend(notes.map(|note| Line::new("wf-note", Font::NOTE, note)));
                Self::new(shape, lines, ran.step.doc.to_owned())
            }
        }
    }

    fn new(shape: Shape, lines: Vec<Line>, tip: String) -> Self {
        let widths = lines.iter().map(|line| line.font.width(&line.text));
        let (width, height) = (
            widths.fold(0.0, f64::max),
            lines.iter().map(|line| line.font.line()).sum::<f64>(),
        );
        let (beside, around) = match shape {
            Shape::Step | Shape::Failed => (28.0, 18.0),
            Shape::Join | Shape::Collect => (28.0 + 2.0 * SLANT, 18.0),
            Shape::Terminal => (36.0, 16.0),
            Shape::Event => (28.0, 10.0),
            Shape::Outside => (50.0, 20.0),
        };
        Self {
            size: Size {
                width: width + beside,
                height: height + around,
            },
            shape,
            lines,
            tip,
        }
    }

    /// Where an arrow from or to `bend` touches the box at `center`: on its upper or lower edge, as near to the bend
    /// as the edge reaches. `None` if the bend is beside the box.
    pub(super) fn dock(&self, center: Point, bend: Point) -> Option<Point> {
        let (upper, lower) = self.shape.insets();
        let half = self.size.height / 2.0;
        let (inset, y) = if bend.y < center.y - half {
            (upper, center.y - half)
        } else if bend.y > center.y + half {
            (lower, center.y + half)
        } else {
            return None;
        };
        let reach = (self.size.width / 2.0 - inset).max(0.0);
        let x = bend.x.clamp(center.x - reach, center.x + reach);
        Some(Point { x, y })
    }

    pub(super) fn draw(&self, out: &mut String, center: Point) {
        let _ = writeln!(out, "<g class=\"{}\">", self.shape.class());
        if !self.tip.is_empty() {
            let _ = writeln!(out, "<title>{}</title>", escaped(&self.tip));
        }
        out.push_str(&self.outline(center));
        let mut x = center.x;
        if self.shape == Shape::Outside {
            x += 12.0;
            out.push_str(&person(
                center.x - Font::DOC.width(words::OUTSIDE) / 2.0 - 8.0,
                center.y,
            ));
        }
        self.draw_lines(out, x, center.y);
        out.push_str("</g>\n");
    }

    fn outline(&self, center: Point) -> String {
        let (right, bottom) = (self.size.width / 2.0, self.size.height / 2.0);
        let corners = match self.shape {
            Shape::Step | Shape::Failed | Shape::Outside => return self.rectangle(center, 8.0),
            Shape::Terminal | Shape::Event => return self.rectangle(center, bottom),
            Shape::Join => vec![
                (-right + SLANT, -bottom),
                (right - SLANT, -bottom),
                (right, 0.0),
                (right - SLANT, bottom),
                (-right + SLANT, bottom),
                (-right, 0.0),
            ],
            Shape::Collect => vec![
                (-right, -bottom),
                (right, -bottom),
                (right - 1.5 * SLANT, bottom),
                (-right + 1.5 * SLANT, bottom),
            ],
        };
        let corners = corners
            .iter()
            .map(|(x, y)| format!("{},{}", number(center.x + x), number(center.y + y)));
        let corners: Vec<_> = corners.collect();
        format!(
            "<polygon class=\"wf-box\" points=\"{}\"/>\n",
            corners.join(" ")
        )
    }

    fn rectangle(&self, center: Point, radius: f64) -> String {
        format!(
            "<rect class=\"wf-box\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>\n",
            number(center.x - self.size.width / 2.0),
            number(center.y - self.size.height / 2.0),
            number(self.size.width),
            number(self.size.height),
            number(radius),
        )
    }

    fn draw_lines(&self, out: &mut String, x: f64, center: f64) {
        let height: f64 = self.lines.iter().map(|line| line.font.line()).sum();
        let mut top = center - height / 2.0;
        for line in &self.lines {
            let baseline = top + (line.font.line() + 0.7 * line.font.size()) / 2.0;
            xml::text(out, line.class, x, baseline, &line.text);
            top += line.font.line();
        }
    }
}

/// A head and shoulders with the middle at (`x`, `y`).
fn person(x: f64, y: f64) -> String {
    format!(
        "<circle class=\"wf-person\" cx=\"{x}\" cy=\"{}\" r=\"3.6\"/>\n\
         <path class=\"wf-person\" d=\"M{},{} a6.5,6.5 0 0 1 13,0 z\"/>\n",
        number(y - 4.5),
        number(x - 6.5),
        number(y + 7.5),
        x = number(x),
    )
}

const fn shape(step: &StepSpec) -> Shape {
    match step.trigger {
        Trigger::Each(_) | Trigger::Failure { .. } => Shape::Step,
        Trigger::Join(_) => Shape::Join,
        Trigger::Collect { .. } => Shape::Collect,
    }
}

fn lines(step: &StepSpec) -> Vec<Line> {
    let mut lines = vec![Line::new("wf-name", Font::NAME, step.name.to_owned())];
    let doc = doc(step).into_iter();
    lines.extend(doc.map(|line| Line::new("wf-doc", Font::DOC, line)));
    let notes = words::notes(step);
    if !notes.is_empty() {
        lines.push(Line::new("wf-note", Font::NOTE, notes.join(" · ")));
    }
    lines
}

fn doc(step: &StepSpec) -> Vec<String> {
    let mut doc = wrap_evenly(words::headline(step.doc), DOC_WIDTH);
    if doc.len() > DOC_LINES {
        doc.truncate(DOC_LINES);
        doc[DOC_LINES - 1].push('…');
    }
    doc
}
