//! SVG, drawn in process.
//!
//! `dagre` places the boxes and routes the arrows, with room for their labels; everything that is seen is written
//! here. No metrics of fonts are at hand, so names stand in a monospaced font, whose widths are known, and the widths
//! of prose are estimated generously.

mod card;
mod curve;
mod layout;
mod measure;
mod style;
mod xml;

use std::fmt::Write;

use self::{
    card::Card,
    layout::{Layout, Route},
    measure::{Font, Size},
    xml::{escaped, number},
};
use super::{
    picture::{Arrow, Picture, Stroke},
    words,
};

/// The empty border of the picture.
const MARGIN: f64 = 24.0;

pub(super) fn render(picture: &Picture) -> String {
    let cards: Vec<_> = picture.nodes.iter().map(Card::of).collect();
    let layout = Layout::of(picture, &cards);
    let header = Header::of(picture);
    let width = layout.size.width.max(header.size.width) + 2.0 * MARGIN;
    let height = layout.size.height + header.size.height + 2.0 * MARGIN;
    let mut out = opening(&picture.name, Size { width, height });
    header.draw(&mut out);
    let left = (width - layout.size.width) / 2.0;
    let top = MARGIN + header.size.height;
    let _ = writeln!(
        out,
        "<g transform=\"translate({} {})\">",
        number(left),
        number(top)
    );
    draw_arrows(&mut out, picture, &layout);
    for (card, center) in cards.iter().zip(&layout.centers) {
        card.draw(&mut out, *center);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// The root element, the style sheet and the background.
fn opening(name: &str, Size { width, height }: Size) -> String {
    let (width, height) = (number(width), number(height));
    let title = escaped(name);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" class=\"wf\">\n\
         <title>{title}</title>\n<style>{}</style>\n{}\n\
         <rect class=\"wf-page\" width=\"{width}\" height=\"{height}\" rx=\"10\"/>\n",
        style::sheet(),
        style::markers(),
    )
}

/// The workflow's name and what it is for.
struct Header {
    name: String,
    doc: Vec<String>,
    size: Size,
}

impl Header {
    const DOC_WIDTH: usize = 60;
    const NAME_HEIGHT: f64 = 20.0;
    const GAP: f64 = 18.0;

    fn of(picture: &Picture) -> Self {
        let name = picture.name.clone();
        let doc = words::wrap(&picture.about, Self::DOC_WIDTH);
        let docs = doc.iter().map(|line| Font::DOC.width(line));
        Self {
            size: Size {
                width: docs.fold(Font::TITLE.width(&name), f64::max),
                height: Self::NAME_HEIGHT + Font::DOC.line() * doc.len() as f64 + Self::GAP,
            },
            name,
            doc,
        }
    }

    fn draw(&self, out: &mut String) {
        let mut y = MARGIN + 14.0;
        xml::text(out, "wf-title", MARGIN, y, &self.name);
        y += 2.0;
        for line in &self.doc {
            y += Font::DOC.line();
            xml::text(out, "wf-doc", MARGIN, y, line);
        }
    }
}

/// All lines first, then all labels: no line crosses out a label.
fn draw_arrows(out: &mut String, picture: &Picture, layout: &Layout) {
    for (arrow, route) in picture.arrows.iter().zip(&layout.routes) {
        draw_line(out, arrow, route);
    }
    for (arrow, route) in picture.arrows.iter().zip(&layout.routes) {
        draw_label(out, arrow, route);
    }
}

fn draw_line(out: &mut String, arrow: &Arrow, route: &Route) {
    let path = curve::path(&route.points);
    let class = match arrow.stroke {
        Stroke::Plain => "wf-line",
        Stroke::Many => "wf-line wf-many",
        Stroke::Outside => "wf-line wf-out",
        Stroke::Failure => "wf-line wf-failure",
    };
    let marker = style::marker(arrow.stroke);
    let _ = writeln!(
        out,
        "<path class=\"{class}\" d=\"{path}\" marker-end=\"url(#{marker})\"/>"
    );
    if arrow.stroke == Stroke::Many {
        let _ = writeln!(out, "<path class=\"wf-core\" d=\"{path}\"/>");
    }
}

fn draw_label(out: &mut String, arrow: &Arrow, route: &Route) {
    let (Some(label), Some(center)) = (&arrow.label, route.label) else {
        return;
    };
    let size = layout::label_size(label);
    let _ = writeln!(
        out,
        "<rect class=\"wf-gap\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\"/>",
        number(center.x - size.width / 2.0),
        number(center.y - size.height / 2.0),
        number(size.width),
        number(size.height),
    );
    let class = match arrow.stroke {
        Stroke::Plain | Stroke::Failure => "wf-label",
        Stroke::Many => "wf-label wf-many-label",
        Stroke::Outside => "wf-label wf-out-label",
    };
    xml::text(out, class, center.x, center.y + 4.0, label);
}

#[cfg(test)]
mod tests {
    use super::{layout::Point, *};
    use crate::graph::Graph;
    use crate::graph::draw::fixtures::{chain, random, small, stopping};

    /// The picture, after a look at its markup and its numbers.
    fn picture_of(graph: &Graph) -> String {
        let svg = graph.to_svg();
        if let Err(error) = roxmltree::Document::parse(&svg) {
            panic!("{error} in\n{svg}");
        }
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        svg
    }

    #[test]
    fn every_graph_gives_a_well_formed_picture() {
        picture_of(&small());
        for seed in 0..60 {
            picture_of(&random(seed));
        }
    }

    #[test]
    fn words_are_escaped() {
        let svg = small().to_svg();
        assert!(svg.contains(">Splits &lt;all&gt; &amp; &quot;more&quot; | #1</text>"));
    }

    #[test]
    fn equal_graphs_give_equal_pictures() {
        for graph in (0..8).map(random) {
            let first = graph.to_svg();
            assert!((0..10).all(|_| graph.to_svg() == first));
        }
    }

    /// Whether two boxes with these middles and sizes stand apart.
    fn are_apart(a: (Point, Size), b: (Point, Size)) -> bool {
        let (dx, dy) = ((a.0.x - b.0.x).abs(), (a.0.y - b.0.y).abs());
        // Half a pixel for the sums of rounded numbers.
        dx >= (a.1.width + b.1.width) / 2.0 - 0.5 || dy >= (a.1.height + b.1.height) / 2.0 - 0.5
    }

    #[test]
    fn no_label_covers_a_box() {
        for seed in 0..60 {
            let picture = Picture::of(&random(seed));
            let cards: Vec<_> = picture.nodes.iter().map(Card::of).collect();
            let layout = Layout::of(&picture, &cards);
            let boxes: Vec<_> = layout.centers.iter().zip(&cards).collect();
            for (arrow, route) in picture.arrows.iter().zip(&layout.routes) {
                let label = arrow.label.as_deref().map(layout::label_size);
                let Some(label) = route.label.zip(label) else {
                    continue;
                };
                let mut boxes = boxes.iter().map(|(center, card)| (**center, card.size));
                assert!(boxes.all(|a| are_apart(a, label)), "{seed}: {arrow:?}");
            }
        }
    }

    #[test]
    fn long_workflows_are_drawn_too() {
        for graph in [chain(200), stopping(200)] {
            let svg = picture_of(&graph);
            assert_eq!(svg.matches("<g class=\"wf-step\">").count(), 200);
        }
    }
}
