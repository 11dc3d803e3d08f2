//! The rules of the graph. `#[workflow]` calls each function in a constant whose span is the author's own token, so
//! that a broken rule is a compile error on that token.
//!
//! One mistake gives one error: an event that nobody emits does not also make the steps behind it unreachable, and an
//! event that nobody takes does not also make the steps before it dead ends; of the steps that are unreachable or dead
//! ends together, one bears the error.

use crate::{
    event::{EventInfo, EventKind},
    graph::{
        Emits, Graph, StepSpec, Trigger,
        knot::{Way, is_root},
        message::Message,
        ports::Ports,
        report::Report,
        set::Set,
    },
};

#[track_caller]
const fn fail(parts: &[&str]) -> ! {
    panic!("{}", Message::of(parts).as_str())
}

/// The place of the step in the list. It is at its ordinal, or before it where `#[cfg]` has removed steps.
const fn index_of(report: &Report, ordinal: u16) -> usize {
    let mut step = ordinal as usize;
    while step >= report.steps.len() || report.steps[step].ordinal != ordinal {
        step -= 1;
    }
    step
}

/// Checks what the whole workflow must have: a step that takes `Start` and one that gives `Stop`.
///
/// # Panics
/// Where one of them is missing; so do all functions of this module where their rule is broken.
#[track_caller]
pub const fn workflow(report: &Report, name: &str) {
    if report.is_silent {
        return;
    }
    if !report.has(EventKind::Start, true) {
        fail(&[
            "workflow `",
            name,
            "` has no step that takes `Start<T>`\n",
            "help: give its first step a parameter `input: Start<T>`, where `T` is the input of the run",
        ]);
    }
    if !report.has(EventKind::Stop, false) {
        fail(&[
            "workflow `",
            name,
            "` has no step that returns `Stop<T>`, so no run of it could end\n",
            "help: return `Stop(result)` from its last step",
        ]);
    }
}

/// Checks the events that one parameter of a step takes.
#[track_caller]
pub const fn input(report: &Report, ordinal: u16, members: &[EventInfo]) {
    if report.is_silent {
        return;
    }
    let step = index_of(report, ordinal);
    let mut i = 0;
    while i < members.len() {
        let event = &members[i];
        if matches!(event.kind, EventKind::Stop) {
            fail(&[
                "step `",
                report.steps[step].name,
                "` takes `Stop`, which ends the run\n",
                "help: return another event where work should go on, and take that one here",
            ]);
        }
        namesake(report, step, event, true);
        unproduced(report, step, event);
        i += 1;
    }
}

/// Whether the workflow takes the event from outside: a step runs on it or waits for it, and it is `human_response`.
#[must_use]
pub const fn takes_from_outside(steps: &[StepSpec], event: &EventInfo) -> bool {
    let mut i = 0;
    while i < steps.len() {
        let takes = match &steps[i].trigger {
            Trigger::Each(events) | Trigger::Collect { events, .. } => contains(events, event),
            Trigger::Join(slots) => contains_any(slots, event),
            Trigger::Failure { .. } => false,
        };
        if takes || contains_any(steps[i].awaits, event) {
            return matches!(event.kind, EventKind::HumanResponse);
        }
        i += 1;
    }
    false
}

const fn contains_any(sets: &[&[EventInfo]], event: &EventInfo) -> bool {
    let mut i = 0;
    while i < sets.len() {
        if contains(sets[i], event) {
            return true;
        }
        i += 1;
    }
    false
}

const fn contains(events: &[EventInfo], event: &EventInfo) -> bool {
    let mut i = 0;
    while i < events.len() {
        if events[i].id.0 == event.id.0 {
            return true;
        }
        i += 1;
    }
    false
}

/// Checks that an event may be sent to a run of the workflow from outside.
#[track_caller]
pub const fn sent(graph: &Graph, event: &EventInfo) {
    if !takes_from_outside(graph.steps, event) {
        fail(&[
            "workflow `",
            graph.name,
            "` takes no `",
            event.name,
            "` from outside\n",
            "help: mark the event `#[event(human_response)]`, and give a step a parameter `ev: ",
            event.name,
            "` or `human: Waiter<",
            event.name,
            ">`",
        ]);
    }
}

/// Checks the events that a step waits for in the middle of its work.
#[track_caller]
pub const fn awaited(report: &Report, ordinal: u16, members: &[EventInfo]) {
    if report.is_silent {
        return;
    }
    let step = index_of(report, ordinal);
    let mut i = 0;
    while i < members.len() {
        let event = &members[i];
        namesake(report, step, event, true);
        let comes = match report.mentions.find(event) {
            Some(number) => report.produced.has(number),
            None => true,
        };
        if matches!(event.kind, EventKind::Start | EventKind::Stop) {
            fail(&[
                "step `",
                report.steps[step].name,
                "` waits for `",
                event.name,
                "`, which is the beginning or the end of the run\n",
                "help: wait for an event of your own",
            ]);
        }
        if !comes && !event.kind.enters_the_workflow() && !report.steps[step].allow.unproduced {
            fail(&[
                "step `",
                report.steps[step].name,
                "` waits for `",
                event.name,
                "`, but no step emits it\n",
                "help: mark it `#[event(human_response)]` if it comes from outside, or return it from another step",
            ]);
        }
        i += 1;
    }
}

#[track_caller]
const fn unproduced(report: &Report, step: usize, event: &EventInfo) {
    let Some(number) = report.mentions.find(event) else {
        return;
    };
    let wanted = report.produced.has(number)
        || event.kind.enters_the_workflow()
        || report.steps[step].allow.unproduced;
    if !wanted && is_first(report, number, step, true) {
        fail(&[
            "event `",
            event.name,
            "` is taken by step `",
            report.steps[step].name,
            "`, but no step emits it\n",
            "help: return it from a step, or mark it `#[event(human_response)]` if it comes from outside",
        ]);
    }
}

#[track_caller]
const fn namesake(report: &Report, step: usize, event: &EventInfo, takes: bool) {
    let Some(number) = report.mentions.find(event) else {
        return;
    };
    let first = report.mentions.event_start[number] as usize;
    let first = report.mentions.of_event(first);
    let is_first = first.step == step && first.role.is_use() == takes;
    if is_first && report.mentions.has_namesake(number) {
        fail(&[
            "two event types of this workflow are called `",
            event.name,
            "`; step `",
            report.steps[step].name,
            if takes { "` takes" } else { "` emits" },
            " the second of them\n",
            "help: give one of them another name on the wire: `#[event(name = \"…\")]`",
        ]);
    }
}

/// Whether `step` is the first step that takes (or emits) the event and has not switched the check off: the one that
/// bears the error.
const fn is_first(report: &Report, event: usize, step: usize, takes: bool) -> bool {
    let mut place = report.mentions.event_start[event] as usize;
    while place < report.mentions.event_start[event + 1] as usize {
        let mention = report.mentions.of_event(place);
        let allow = report.steps[mention.step].allow;
        let allowed = if takes {
            allow.unproduced
        } else {
            allow.unconsumed
        };
        if mention.role.is_use() == takes && !allowed {
            return mention.step == step;
        }
        place += 1;
    }
    false
}

/// Checks the events that a step returns or declares with an `Emitter`.
#[track_caller]
pub const fn output(report: &Report, ordinal: u16, emits: Emits) {
    if report.is_silent {
        return;
    }
    match emits {
        Emits::Nothing => {}
        Emits::One(members) | Emits::FanOut(members) => {
            let mut i = 0;
            while i < members.len() {
                emitted(report, index_of(report, ordinal), &members[i]);
                i += 1;
            }
        }
        Emits::All(parts) => {
            let mut i = 0;
            while i < parts.len() {
                output(report, ordinal, parts[i]);
                i += 1;
            }
        }
    }
}

#[track_caller]
const fn emitted(report: &Report, step: usize, event: &EventInfo) {
    let Some(number) = report.mentions.find(event) else {
        return;
    };
    if matches!(event.kind, EventKind::Start) {
        fail(&[
            "step `",
            report.steps[step].name,
            "` emits `Start`, which only the caller of the run gives\n",
            "help: to begin anew, let the first step also take an event of your own: `OneOf![Start<T> | Again]`",
        ]);
    }
    namesake(report, step, event, false);
    let wanted = report.consumed.has(number)
        || event.kind.leaves_the_workflow()
        || report.steps[step].allow.unconsumed;
    if !wanted && is_first(report, number, step, false) {
        fail(&[
            "event `",
            event.name,
            "` is emitted by step `",
            report.steps[step].name,
            "`, but no step takes it\n",
            "help: add a step with a parameter `ev: ",
            event.name,
            "`, or mark it `#[event(input_required)]` if it is meant for the outside",
        ]);
    }
}

/// Checks that a step can be reached, that it leads to the end, and that its join can fire.
#[track_caller]
pub const fn step(report: &Report, ordinal: u16) {
    if report.is_silent {
        return;
    }
    let step = index_of(report, ordinal);
    if !report.reaches(step) {
        unreachable(report, step);
        return;
    }
    meets(report, &report.steps[step]);
    dead_end(report, step);
}

#[track_caller]
const fn unreachable(report: &Report, step: usize) {
    if report.steps[step].allow.unreachable || !report.has(EventKind::Start, true) {
        return;
    }
    let mut broken = Set::EMPTY;
    let mut i = 0;
    while i < report.steps.len() {
        if !report.reaches(i) && !report.steps[i].allow.unreachable {
            broken.add(i);
        }
        i += 1;
    }
    if is_root(&report.mentions, &broken, step, Way::Behind) {
        fail(&[
            "step `",
            report.steps[step].name,
            "` can never run: its events come only from steps that nothing leads to\n",
            "help: emit one of its events from a step that is reached from `Start` or from a `human_response` event",
        ]);
    }
}

#[track_caller]
const fn dead_end(report: &Report, step: usize) {
    if !is_dead_end(report, step) || !report.has(EventKind::Stop, false) {
        return;
    }
    let mut broken = Set::EMPTY;
    let mut i = 0;
    while i < report.steps.len() {
        if is_dead_end(report, i) {
            broken.add(i);
        }
        i += 1;
    }
    if is_root(&report.mentions, &broken, step, Way::Before) {
        fail(&[
            "step `",
            report.steps[step].name,
            "` is a dead end: nothing that it emits leads to `Stop` or to an `input_required` event\n",
            "help: return `Stop` from a step behind it, or let it return `()` if it only observes",
        ]);
    }
}

/// Whether no path leads from a step that runs and emits something to the end.
const fn is_dead_end(report: &Report, step: usize) -> bool {
    !report.finishes.has(step)
        && report.reaches(step)
        && !report.steps[step].allow.dead_end
        && !emits_nothing(&report.steps[step].emits)
}

const fn emits_nothing(emits: &Emits) -> bool {
    match emits {
        Emits::Nothing => true,
        Emits::One(events) | Emits::FanOut(events) => events.is_empty(),
        Emits::All(parts) => {
            let mut i = 0;
            while i < parts.len() {
                if !emits_nothing(&parts[i]) {
                    return false;
                }
                i += 1;
            }
            true
        }
    }
}

/// Checks that the inputs of a join can come from one place.
#[track_caller]
const fn meets(report: &Report, step: &StepSpec) {
    let Trigger::Join(slots) = &step.trigger else {
        return;
    };
    let mut common: Option<Ports> = None;
    let mut i = 0;
    while i < slots.len() {
        if slots[i].len() == 1 {
            let places = report.places(&slots[i][0]);
            common = match common {
                None => Some(places),
                Some(common) => Some(common.and(places)),
            };
        }
        i += 1;
    }
    if let Some(common) = common
        && common.is_empty()
    {
        fail(&[
            "the inputs of join `",
            step.name,
            "` never meet: they come from different fan-outs or from different elements of one\n",
            "help: a join takes events that descend from one element; collect the others with a `Vec` parameter first",
        ]);
    }
}

/// The event of a variant of a union: a single one.
#[track_caller]
#[must_use]
pub const fn member(events: &[EventInfo]) -> EventInfo {
    if events.len() != 1 {
        fail(&[
            "a union holds single events, not another union\n",
            "help: list the events of the other union in this one",
        ]);
    }
    events[0]
}

/// Checks one parameter of a join: a single event.
#[track_caller]
pub const fn slot(report: &Report, ordinal: u16, members: &[EventInfo]) {
    if report.is_silent {
        return;
    }
    if members.len() > 1 {
        fail(&[
            "step `",
            report.steps[index_of(report, ordinal)].name,
            "` joins several events, so each of its parameters takes a single one, not a union\n",
            "help: take the union as the only event of another step that turns it into one event",
        ]);
    }
}

/// Checks the events that a `Vec` parameter collects: all of them come from inside a fan-out.
#[track_caller]
pub const fn collected(report: &Report, ordinal: u16, members: &[EventInfo]) {
    if report.is_silent {
        return;
    }
    let step = index_of(report, ordinal);
    let mut i = 0;
    while i < members.len() {
        let event = &members[i];
        // An event that nobody emits has an error of its own.
        let comes = match report.mentions.find(event) {
            Some(number) => report.produced.has(number) || event.kind.enters_the_workflow(),
            None => false,
        };
        if comes && report.is_at_top_level(event) {
            not_in_a_fan_out(report, &report.steps[step], event);
        }
        i += 1;
    }
}

#[track_caller]
const fn not_in_a_fan_out(report: &Report, step: &StepSpec, event: &EventInfo) -> ! {
    if report.is_only_at_top_level(event) {
        fail(&[
            "step `",
            step.name,
            "` collects `Vec<",
            event.name,
            ">`, but no fan-out leads to `",
            event.name,
            "`\n",
            "help: return a `Vec` from the step that emits it or from one before it",
        ]);
    }
    fail(&[
        "step `",
        step.name,
        "` collects `Vec<",
        event.name,
        ">`, but `",
        event.name,
        "` is also emitted outside of every fan-out, where there is nothing to wait for\n",
        "help: emit it only from steps behind one that returns a `Vec`",
    ])
}

/// Checks that a step has a worker.
#[track_caller]
pub const fn workers(report: &Report, ordinal: u16) {
    if report.steps[index_of(report, ordinal)].workers == 0 {
        fail(&["`num_workers` is at least 1, or the step would never run"]);
    }
}

/// Checks that a return type which is made of events is one that a step can return.
#[track_caller]
pub const fn returned(step: &str, fits: bool) {
    if !fits {
        fail(&[
            "step `",
            step,
            "` returns a type that is not put together as the return type of a step\n",
            "help: return an event, `OneOf![A | B]`, `Stop<T>`, `Option<_>`, `Vec<_>` of events, a tuple of up to 8, `()` or a `Result` of these",
        ]);
    }
}

/// Checks that a type has no other `Start` and `Stop` than the rest of the workflow.
#[track_caller]
pub const fn endpoints(step: &str, fits: bool, input: &str, output: &str) {
    if !fits {
        fail(&[
            "step `",
            step,
            "` has another `Start` or `Stop` than the workflow, which begins with `Start<",
            input,
            ">` and ends with `Stop<",
            output,
            ">`\n",
            "help: all steps share one of each; for several kinds of input or result make the type an enum",
        ]);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        broker::tests::harness::{A, Answer, Run, Start, collect, each},
        graph::{Emits, check},
    };

    #[test]
    #[should_panic(expected = "collects `Vec<Answer>`, but no fan-out leads to `Answer`")]
    fn an_answer_from_outside_is_in_no_fan_out() {
        let run = Run::of([
            each::<Start>("open").emits(Emits::FanOut(&[A::INFO])),
            collect::<Answer>("collect", None),
        ]);
        let graph = run.graph();
        check::collected(&crate::graph::Report::of(graph.steps()), 1, &[Answer::INFO]);
    }
}
