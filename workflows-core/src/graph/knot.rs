//! Which of several broken steps bears the error: one for each knot of steps that are broken for the same reason.

use crate::graph::{
    mentions::{MAX_STEPS, Mentions, Role},
    set::Set,
};

/// The way along the events: to the steps behind one, or to those before it.
#[derive(Clone, Copy)]
pub(super) enum Way {
    Behind,
    Before,
}

/// Whether `step` is the first of its knot, and no broken step of another knot leads to it on this way: all others are
/// broken because it is.
pub(super) const fn is_root(
    mentions: &Mentions,
    broken: &Set<MAX_STEPS>,
    step: usize,
    way: Way,
) -> bool {
    let from_step = reach(mentions, broken, step, way);
    let mut other = 0;
    while other < MAX_STEPS {
        if broken.has(other) && other != step && reach(mentions, broken, other, way).has(step) {
            let same_knot = from_step.has(other);
            if !same_knot || other < step {
                return false;
            }
        }
        other += 1;
    }
    true
}

/// The broken steps that lie behind (or before) a step.
const fn reach(
    mentions: &Mentions,
    broken: &Set<MAX_STEPS>,
    from: usize,
    way: Way,
) -> Set<MAX_STEPS> {
    let mut reached = Set::EMPTY;
    let (mut stack, mut len) = ([0; MAX_STEPS], 1);
    stack[0] = from;
    while len > 0 {
        len -= 1;
        let step = stack[len];
        let mut i = mentions.step_start[step] as usize;
        while i < mentions.step_start[step + 1] as usize {
            let mention = mentions.get(i);
            let event = mention.event;
            let mut place = mentions.event_start[event] as usize;
            while leaves(mention.role, way) && place < mentions.event_start[event + 1] as usize {
                let next = mentions.of_event(place);
                let step = next.step;
                if arrives(next.role, way) && broken.has(step) && !reached.has(step) {
                    reached.add(step);
                    stack[len] = step;
                    len += 1;
                }
                place += 1;
            }
            i += 1;
        }
    }
    reached
}

const fn leaves(role: Role, way: Way) -> bool {
    match way {
        Way::Behind => role.is_emit(),
        Way::Before => role.is_take(),
    }
}

const fn arrives(role: Role, way: Way) -> bool {
    match way {
        Way::Behind => role.is_take(),
        Way::Before => role.is_emit(),
    }
}
