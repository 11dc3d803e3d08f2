//! Smooth lines through the bends of a route.

use std::fmt::Write;

use super::{layout::Point, xml::number};

/// The path of a uniform cubic B-spline with the route's ends and bends: it starts and ends at the ends, and rounds
/// the bends off.
pub(super) fn path(points: &[Point]) -> String {
    let ([first, second, _, ..], [.., before, last]) = (points, points) else {
        return straight(points);
    };
    let mut path = format!(
        "M{} L{}",
        pair(*first),
        pair(mix(*first, *second, 1.0 / 6.0))
    );
    for bend in points.windows(3) {
        path.push_str(&piece(bend[0], bend[1], bend[2]));
    }
    path.push_str(&piece(*before, *last, *last));
    let _ = write!(path, " L{}", pair(*last));
    path
}

/// The path of straight lines from point to point.
fn straight(points: &[Point]) -> String {
    let points: Vec<_> = points.iter().map(|point| pair(*point)).collect();
    format!("M{}", points.join(" L"))
}

/// The piece of the spline that belongs to the bend at `b`.
fn piece(a: Point, b: Point, c: Point) -> String {
    let knot = Point {
        x: (a.x + 4.0 * b.x + c.x) / 6.0,
        y: (a.y + 4.0 * b.y + c.y) / 6.0,
    };
    format!(
        " C{} {} {}",
        pair(mix(a, b, 1.0 / 3.0)),
        pair(mix(a, b, 2.0 / 3.0)),
        pair(knot)
    )
}

/// The point at `share` of the way from `a` to `b`.
fn mix(a: Point, b: Point, share: f64) -> Point {
    Point {
        x: a.x + (b.x - a.x) * share,
        y: a.y + (b.y - a.y) * share,
    }
}

fn pair(point: Point) -> String {
    format!("{},{}", number(point.x), number(point.y))
}
