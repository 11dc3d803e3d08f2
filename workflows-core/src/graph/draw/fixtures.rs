//! Graphs for the tests of the formats, made without the macro.

use crate::{
    event::{EventId, EventInfo, EventKind},
    graph::{Allow, Bindings, Emits, ExecutionMode, Graph, Report, StepSpec, Trigger},
};

/// An event with this name.
pub(super) fn event(name: &str, kind: EventKind) -> EventInfo {
    EventInfo {
        id: EventId::of(name),
        name: leak(name.to_owned()),
        kind,
        type_name: || "demo::Stop<demo::Report>",
        schema: |generator| generator.subschema_for::<u32>(),
        decode: |_| Err(serde::de::Error::custom("only drawn")),
    }
}

pub(super) fn start() -> EventInfo {
    EventInfo {
        type_name: || "demo::Start<alloc::string::String>",
        ..event("Start", EventKind::Start)
    }
}

pub(super) fn stop() -> EventInfo {
    event("Stop", EventKind::Stop)
}

pub(super) fn ordinary(name: &str) -> EventInfo {
    event(name, EventKind::Ordinary)
}

/// Steps under construction.
#[derive(Default)]
pub(super) struct Sketch(Vec<StepSpec>);

impl Sketch {
    /// Adds a step that takes each of `takes` and gives one of `gives`.
    pub(super) fn step(self, name: &str, takes: &[EventInfo], gives: &[EventInfo]) -> Self {
        self.with(
            name,
            Trigger::Each(events(takes)),
            Emits::One(events(gives)),
        )
    }

    pub(super) fn with(mut self, name: &str, trigger: Trigger, emits: Emits) -> Self {
        self.0.push(StepSpec {
            ordinal: self.0.len() as u16,
            name: leak(name.to_owned()),
            doc: "",
            trigger,
            emits,
            awaits: &[],
            resources: &[],
            workers: StepSpec::DEFAULT_WORKERS,
            mode: ExecutionMode::Inline,
            retry: None,
            timeout: None,
            allow: Allow::default(),
        });
        self
    }

    /// Changes the last step.
    pub(super) fn but(mut self, change: impl FnOnce(&mut StepSpec)) -> Self {
        if let Some(step) = self.0.last_mut() {
            change(step);
        }
        self
    }

    pub(super) fn graph(self) -> Graph {
        let steps: &'static [StepSpec] = self.0.leak();
        let bindings = Bindings::of(steps, &Report::of(steps));
        Graph::new(
            "Demo",
            "Shows \"all\" of it.",
            1,
            steps,
            Box::leak(Box::new(bindings)),
        )
    }
}

pub(super) fn events(events: &[EventInfo]) -> &'static [EventInfo] {
    events.to_vec().leak()
}

fn leak(text: String) -> &'static str {
    text.leak()
}

/// A loop, a fan-out and a join, with labels that every format must escape.
pub(super) fn small() -> Graph {
    let (part, left, right) = (ordinary("Part"), ordinary("Left"), ordinary("a|\"b\"\\c"));
    Sketch::default()
        .with(
            "split",
            Trigger::Each(events(&[start()])),
            Emits::FanOut(events(&[part])),
        )
        .but(|step| step.doc = "Splits <all> & \"more\" | #1\nNot shown.")
        .step("work", &[part], &[part, left])
        .but(|step| (step.workers, step.mode) = (1, ExecutionMode::Spawn))
        .with(
            "collect",
            Trigger::Collect {
                events: events(&[left]),
                take: Some(2),
            },
            Emits::All(vec![Emits::One(events(&[left])), Emits::One(events(&[right]))].leak()),
        )
        .with(
            "both",
            Trigger::Join(vec![events(&[left]), events(&[right]), events(&[right])].leak()),
            Emits::One(events(&[stop()])),
        )
        .graph()
}

/// A chain of `length` steps, with every 7th leading back and every 11th on to a far one.
pub(super) fn chain(length: usize) -> Graph {
    let link = |n: usize| ordinary(&format!("Link{n}"));
    let mut sketch = Sketch::default().step("step0", &[start()], &[link(1)]);
    for n in 1..length - 1 {
        let mut gives = vec![link(n + 1)];
        if n % 7 == 6 {
            gives.push(link(n - 4));
        }
        if n % 11 == 10 && n + 9 < length {
            gives.push(link(n + 9));
        }
        sketch = sketch.step(&format!("step{n}"), &[link(n)], &gives);
    }
    sketch.step("last", &[link(length - 1)], &[stop()]).graph()
}

/// A chain of `length` steps, each of which may end the run.
pub(super) fn stopping(length: usize) -> Graph {
    let link = |n: usize| match n {
        0 => start(),
        n => ordinary(&format!("Link{n}")),
    };
    let steps = 0..length;
    steps
        .fold(Sketch::default(), |sketch, n| {
            sketch.step(&format!("step{n}"), &[link(n)], &[link(n + 1), stop()])
        })
        .graph()
}

/// A graph of up to 12 steps that nothing holds together: each takes and gives what chance has it.
pub(super) fn random(seed: u64) -> Graph {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut pool = vec![start(), stop()];
    let kinds = [
        EventKind::Ordinary,
        EventKind::InputRequired,
        EventKind::HumanResponse,
    ];
    pool.extend((0..9).map(|n| event(&format!("Event{n}"), kinds[n % 3 * dice.below(2)])));
    (0..=dice.below(12))
        .fold(Sketch::default(), |sketch, n| {
            let takes = dice.pick(&pool);
            let trigger = match dice.below(4) {
                0 => Trigger::Join(vec![takes, dice.pick(&pool)].leak()),
                1 => Trigger::Collect {
                    events: takes,
                    take: None,
                },
                _ => Trigger::Each(takes),
            };
            let emits = match dice.below(4) {
                0 => Emits::FanOut(dice.pick(&pool)),
                1 => Emits::Nothing,
                _ => Emits::One(dice.pick(&pool)),
            };
            sketch.with(&format!("step{n}"), trigger, emits)
        })
        .graph()
}

/// Pseudo-random numbers (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn pick(&mut self, pool: &[EventInfo]) -> &'static [EventInfo] {
        let picked: Vec<_> = (0..=self.below(2))
            .map(|_| pool[self.below(pool.len())])
            .collect();
        events(&picked)
    }
}
