//! Where the boxes, the arrows and their labels stand: `dagre`, asked and answered.

use dagre::{
    EdgeLabel, LayoutOptions, NodeLabel,
    graph::{Graph, GraphOptions},
    layout::types::{GraphLabel, LabelPos},
};

use super::{
    card::Card,
    measure::{Font, Size},
};
use crate::graph::draw::picture::{Arrow, NodeId, Picture};

/// The length of an arrow's head, which stands between the end of its line and the box.
pub(super) const HEAD: f64 = 8.0;
/// How far a line goes straight on before its first bend and behind its last one.
const STUB: f64 = 20.0;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// The way of an arrow.
#[derive(Debug)]
pub(super) struct Route {
    /// Both ends of the line and its bends.
    pub(super) points: Vec<Point>,
    /// The middle of the label.
    pub(super) label: Option<Point>,
}

/// The places of everything, from the upper left corner at (0, 0).
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) size: Size,
    /// The middles of the boxes, in the order of the nodes.
    pub(super) centers: Vec<Point>,
    /// In the order of the arrows.
    pub(super) routes: Vec<Route>,
}

type Drawing = Graph<NodeLabel, EdgeLabel>;

impl Layout {
    pub(super) fn of(picture: &Picture, cards: &[Card]) -> Self {
        let mut drawing = drawing(picture, cards);
        dagre::layout(&mut drawing, Some(options()));
        let centers: Vec<_> = picture
            .nodes()
            .map(|(id, _)| center(&drawing, id))
            .collect();
        let routes = picture.arrows.iter().enumerate();
        let routes = routes.map(|(n, arrow)| route(&drawing, n, arrow, cards, &centers));
        Self {
            size: size(&drawing),
            routes: routes.collect(),
            centers,
        }
    }
}

/// The room that a label takes.
pub(super) fn label_size(label: &str) -> Size {
    Size {
        width: Font::LABEL.width(label) + 10.0,
        height: 18.0,
    }
}

fn options() -> LayoutOptions {
    LayoutOptions {
        nodesep: 36.0,
        edgesep: 18.0,
        ranksep: 46.0,
        ..LayoutOptions::default()
    }
}

fn drawing(picture: &Picture, cards: &[Card]) -> Drawing {
    let mut drawing = Graph::with_options(GraphOptions {
        directed: true,
        multigraph: true,
        compound: false,
    });
    for ((id, _), card) in picture.nodes().zip(cards) {
        drawing.set_node(node_key(id), Some(node_label(card.size)));
    }
    for (n, arrow) in picture.arrows.iter().enumerate() {
        let name = n.to_string();
        let label = edge_label(arrow.label.as_deref());
        drawing.set_edge(
            node_key(arrow.from),
            node_key(arrow.to),
            Some(label),
            Some(&name),
        );
    }
    drawing
}

fn node_key(id: NodeId) -> String {
    id.index().to_string()
}

fn node_label(size: Size) -> NodeLabel {
    NodeLabel {
        width: size.width,
        height: size.height,
        ..NodeLabel::default()
    }
}

fn edge_label(label: Option<&str>) -> EdgeLabel {
    let size = label.map_or(Size::NONE, label_size);
    EdgeLabel {
        width: size.width,
        height: size.height,
        labelpos: LabelPos::Center,
        ..EdgeLabel::default()
    }
}

fn size(drawing: &Drawing) -> Size {
    let label = drawing.graph_label::<GraphLabel>();
    label.map_or(Size::NONE, |label| Size {
        width: label.width,
        height: label.height,
    })
}

fn center(drawing: &Drawing, id: NodeId) -> Point {
    let node = drawing.node(&node_key(id));
    Point {
        x: node.and_then(|node| node.x).unwrap_or_default(),
        y: node.and_then(|node| node.y).unwrap_or_default(),
    }
}

fn route(drawing: &Drawing, n: usize, arrow: &Arrow, cards: &[Card], centers: &[Point]) -> Route {
    let (from, to) = (arrow.from.index(), arrow.to.index());
    let edge = drawing.edge(
        &node_key(arrow.from),
        &node_key(arrow.to),
        Some(&n.to_string()),
    );
    let points = edge.into_iter().flat_map(|edge| &edge.points);
    let mut points: Vec<_> = points
        .map(|point| Point {
            x: point.x,
            y: point.y,
        })
        .collect();
    dock(&mut points, &cards[from], centers[from]);
    points.reverse();
    dock(&mut points, &cards[to], centers[to]);
    points.reverse();
    make_room_for_head(&mut points);
    let label = edge.and_then(|edge| {
        Some(Point {
            x: edge.x?,
            y: edge.y?,
        })
    });
    Route { points, label }
}

/// Lets the line begin at an edge of its box, at a right angle.
fn dock(points: &mut Vec<Point>, card: &Card, center: Point) {
    let [end, bend, ..] = points.as_mut_slice() else {
        return;
    };
    let Some(pier) = card.dock(center, *bend) else {
        return;
    };
    *end = pier;
    if (bend.x - pier.x).abs() > 1.0 {
        let away = (bend.y - pier.y).signum() * STUB.min((bend.y - pier.y).abs() / 2.0);
        points.insert(
            1,
            Point {
                x: pier.x,
                y: pier.y + away,
            },
        );
    }
}

/// Shortens the line by the length of the head, which points where the line ends.
fn make_room_for_head(points: &mut [Point]) {
    let [.., before, last] = points else {
        return;
    };
    let (dx, dy) = (last.x - before.x, last.y - before.y);
    let length = dx.hypot(dy);
    if length > HEAD {
        last.x -= dx / length * HEAD;
        last.y -= dy / length * HEAD;
    }
}
