//! Graphs as trees of blocks: each takes one event and gives one, whatever happens inside.

use std::ops::Range;

use crate::{
    events::{COUNT, ORDINARY, START, STOP},
    plan::{Gives, Plan, Step, Takes},
    simulation::rng::{Rng, mix},
};

/// The value that a step makes of another.
pub(crate) fn made(step: usize, value: u64) -> u64 {
    mix(value ^ mix(step as u64))
}

/// The value of the n-th thing that a step makes of another.
pub(crate) fn part(step: usize, value: u64, n: usize) -> u64 {
    made(step, value).wrapping_add(mix(n as u64))
}

/// Which of several events a step gives.
pub(crate) fn choice(step: usize, value: u64, of: usize) -> usize {
    (mix(made(step, value)) % of as u64) as usize
}

/// The value of several, in their order.
pub(crate) fn folded(step: usize, values: impl IntoIterator<Item = u64>) -> u64 {
    values
        .into_iter()
        .fold(step as u64, |all, value| made(step, all ^ value))
}

/// What a step does; events are numbers.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// Gives one event.
    Pass(usize),
    /// Gives one of several events.
    Choose(Vec<usize>),
    /// Gives the event, or nothing.
    Filter(usize),
    /// Gives the first event for some values and the second for the others.
    Gate { again: usize, done: usize },
    /// Gives both events.
    Both(usize, usize),
    /// Gives a list of up to 3 of these events.
    List(Vec<usize>),
    /// Gives one event for all that it takes, in their order.
    Fold(usize),
    /// Gives one event for all that it takes, in whatever order.
    Sum(usize),
    /// Gives nothing.
    Observe,
}

/// Whether a filter lets a value through.
pub(crate) fn passes(step: usize, value: u64) -> bool {
    choice(step, value, 4) > 0
}

/// Whether a gate lets a value go round once more.
pub(crate) fn goes_again(step: usize, value: u64) -> bool {
    choice(step, value, 3) == 0
}

/// What a step gives: events with their values.
pub(crate) enum Output {
    Event(usize, u64),
    /// A list of these types of elements.
    List(Vec<usize>, Vec<(usize, u64)>),
}

impl Body {
    /// What the body makes of the values of its input.
    pub(crate) fn outputs(&self, step: usize, values: &[u64]) -> Vec<Output> {
        let value = values.first().copied().unwrap_or_default();
        let one = |to: usize| vec![Output::Event(to, made(step, value))];
        match self {
            Self::Pass(to) => one(*to),
            Self::Choose(to) => one(to[choice(step, value, to.len())]),
            Self::Filter(to) if passes(step, value) => one(*to),
            Self::Filter(_) | Self::Observe => vec![],
            Self::Gate { again, .. } if goes_again(step, value) => one(*again),
            Self::Gate { done, .. } => one(*done),
            Self::Both(left, right) => [*left, *right]
                .into_iter()
                .enumerate()
                .map(|(n, to)| Output::Event(to, part(step, value, n)))
                .collect(),
            Self::List(elements) => {
                let element = |n| {
                    let value = part(step, value, n);
                    (elements[choice(step, value, elements.len())], value)
                };
                let events = (0..choice(step, value, 4)).map(element).collect();
                vec![Output::List(elements.clone(), events)]
            }
            Self::Fold(to) => vec![Output::Event(*to, folded(step, values.iter().copied()))],
            Self::Sum(to) => {
                let sum = values.iter().copied().fold(0, u64::wrapping_add);
                vec![Output::Event(*to, made(step, sum))]
            }
        }
    }
}

#[derive(Debug)]
pub(crate) enum Block {
    Pass(usize),
    Filter(usize),
    Chain(Vec<Block>),
    /// A step that chooses, a block for each choice, and a step that takes what either gives.
    Branch(usize, Vec<Block>, usize),
    /// A step that sends its event through the block until it is done.
    Loop(usize, Box<Block>),
    /// A step that gives two events, a block for each, and the join of what they give.
    Pair(usize, Box<(Block, Block)>, usize),
    /// A step that gives an event twice, a step that runs on both, and the join of one type twice.
    Twice(usize, usize, usize),
    /// A step that gives a list, a block for each kind of element, and the steps that collect; two of them are joined.
    FanOut(usize, Vec<Block>, Vec<usize>, Option<usize>),
}

impl Block {
    /// The value that comes out; `None` where a filter has dropped it, or where more than `budget` blocks are run.
    fn eval(&self, value: u64, budget: &mut usize) -> Option<u64> {
        *budget = budget.checked_sub(1)?;
        match self {
            Self::Pass(step) => Some(made(*step, value)),
            Self::Filter(step) => passes(*step, value).then(|| made(*step, value)),
            Self::Chain(blocks) => blocks
                .iter()
                .try_fold(value, |value, block| block.eval(value, budget)),
            Self::Branch(step, blocks, merge) => {
                let taken = &blocks[choice(*step, value, blocks.len())];
                Some(made(*merge, taken.eval(made(*step, value), budget)?))
            }
            Self::Loop(gate, body) => {
                let mut value = value;
                while goes_again(*gate, value) {
                    value = body.eval(made(*gate, value), budget)?;
                }
                Some(made(*gate, value))
            }
            Self::Pair(step, both, join) => {
                let left = both.0.eval(part(*step, value, 0), budget)?;
                let right = both.1.eval(part(*step, value, 1), budget)?;
                Some(folded(*join, [left, right]))
            }
            Self::Twice(step, work, join) => {
                let worked = |n| made(*work, part(*step, value, n));
                Some(made(*join, worked(0).wrapping_add(worked(1))))
            }
            Self::FanOut(step, blocks, collectors, join) => {
                let element = |n| {
                    let value = part(*step, value, n);
                    blocks[choice(*step, value, blocks.len())].eval(value, budget)
                };
                let all: Vec<_> = (0..choice(*step, value, 4)).filter_map(element).collect();
                let collected = |step: &usize| folded(*step, all.iter().copied());
                match join {
                    Some(join) => Some(folded(*join, collectors.iter().map(collected))),
                    None => collectors.first().map(collected),
                }
            }
        }
    }
}

impl Block {
    /// Calls `each` with every step that gives a list and each step that collects what comes of it.
    fn for_each_fan_out(&self, each: &mut dyn FnMut(usize, usize)) {
        match self {
            Self::Pass(_) | Self::Filter(_) | Self::Twice(..) => {}
            Self::Chain(blocks) | Self::Branch(_, blocks, _) => {
                blocks.iter().for_each(|block| block.for_each_fan_out(each));
            }
            Self::Loop(_, block) => block.for_each_fan_out(each),
            Self::Pair(_, both, _) => {
                both.0.for_each_fan_out(each);
                both.1.for_each_fan_out(each);
            }
            Self::FanOut(step, blocks, collectors, _) => {
                blocks.iter().for_each(|block| block.for_each_fan_out(each));
                collectors
                    .iter()
                    .for_each(|collector| each(*step, *collector));
            }
        }
    }
}

/// A graph, what its steps do, and what it means.
pub(crate) struct Graph {
    pub(crate) plan: Plan,
    pub(crate) bodies: Vec<Body>,
    /// Whether the result does not depend on the order in which invocations finish.
    pub(crate) is_exact: bool,
    has_loop: bool,
    root: Block,
    /// The step that stops the run.
    pub(crate) last: usize,
}

impl Graph {
    /// The value that the run stops with; `None` where it is not worth a trial: the number of blocks that are run is
    /// not in the range.
    pub(crate) fn expected(&self, start: u64, blocks: Range<usize>) -> Option<u64> {
        if self.has_loop && !self.is_exact {
            // Some values go round for ever; which ones come up is not known here.
            return None;
        }
        let mut budget = blocks.end;
        let value = self.root.eval(start, &mut budget);
        Some(made(self.last, value?)).filter(|_| blocks.contains(&(blocks.end - budget)))
    }

    /// The steps that give lists, each with the steps that collect what comes of them.
    pub(crate) fn fan_outs(&self) -> Vec<(usize, usize)> {
        let mut fan_outs = Vec::new();
        let mut add = |step, collector| fan_outs.push((step, collector));
        self.root.for_each_fan_out(&mut add);
        fan_outs
    }
}

/// Puts the steps of blocks together.
pub(crate) struct Builder<'a> {
    rng: &'a mut Rng,
    plan: Plan,
    bodies: Vec<Body>,
    is_exact: bool,
    has_loop: bool,
    next_event: usize,
    observable: Vec<usize>,
}

impl<'a> Builder<'a> {
    pub(crate) fn graph(rng: &'a mut Rng) -> Graph {
        let mut builder = Self {
            rng,
            plan: Plan::default(),
            bodies: Vec::new(),
            is_exact: true,
            has_loop: false,
            next_event: ORDINARY,
            observable: vec![START],
        };
        let end = builder.event();
        let root = builder.block(START, end, 4, 3);
        let last = builder.step(Takes::Each(vec![end]), Body::Pass(STOP));
        for _ in 0..builder.rng.below(3) {
            let seen = builder.rng.below(builder.observable.len());
            let seen = builder.observable[seen];
            builder.step(Takes::Each(vec![seen]), Body::Observe);
        }
        Graph {
            plan: builder.plan,
            bodies: builder.bodies,
            is_exact: builder.is_exact,
            has_loop: builder.has_loop,
            root,
            last,
        }
    }

    /// A new event.
    fn event(&mut self) -> usize {
        let event = self.next_event;
        self.next_event += 1;
        self.observable.push(event);
        event
    }

    fn step(&mut self, takes: Takes, body: Body) -> usize {
        let gives = match &body {
            Body::Pass(to) | Body::Filter(to) | Body::Fold(to) | Body::Sum(to) => {
                vec![Gives::One(vec![*to])]
            }
            Body::Choose(to) => vec![Gives::One(to.clone())],
            Body::Gate { again, done } => vec![Gives::One(vec![*again, *done])],
            Body::Both(left, right) => vec![Gives::One(vec![*left]), Gives::One(vec![*right])],
            Body::List(elements) => vec![Gives::List(elements.clone())],
            Body::Observe => vec![],
        };
        let workers = 1 + u32::try_from(self.rng.below(3)).expect("it is below 3");
        self.plan.steps.push(Step {
            takes,
            gives,
            awaits: Vec::new(),
            workers,
        });
        self.bodies.push(body);
        self.bodies.len() - 1
    }

    fn each(&mut self, from: usize, body: Body) -> usize {
        self.step(Takes::Each(vec![from]), body)
    }

    /// A block with at most so many blocks and so many fan-outs inside each other.
    fn block(&mut self, from: usize, to: usize, depth: usize, fan_outs: usize) -> Block {
        if depth == 0 || self.next_event + 8 > COUNT {
            return Block::Pass(self.each(from, Body::Pass(to)));
        }
        let depth = depth - 1;
        match self.rng.below(8) {
            0 => self.chain(from, to, depth, fan_outs),
            1 => self.branch(from, to, depth, fan_outs),
            2 => self.looped(from, to, depth, fan_outs),
            3 => self.pair(from, to, depth, fan_outs),
            4 => self.twice(from, to),
            5..8 if fan_outs > 0 => self.fan_out(from, to, depth, fan_outs - 1),
            _ => Block::Pass(self.each(from, Body::Pass(to))),
        }
    }

    fn chain(&mut self, from: usize, to: usize, depth: usize, fan_outs: usize) -> Block {
        let middle = self.event();
        let first = self.block(from, middle, depth, fan_outs);
        Block::Chain(vec![first, self.block(middle, to, depth, fan_outs)])
    }

    fn branch(&mut self, from: usize, to: usize, depth: usize, fan_outs: usize) -> Block {
        let (chosen, given) = ([self.event(), self.event()], [self.event(), self.event()]);
        let step = self.each(from, Body::Choose(chosen.to_vec()));
        let blocks = [0, 1].map(|way| self.block(chosen[way], given[way], depth, fan_outs));
        let merge = self.step(Takes::Each(given.to_vec()), Body::Pass(to));
        Block::Branch(step, blocks.into(), merge)
    }

    fn looped(&mut self, from: usize, to: usize, depth: usize, fan_outs: usize) -> Block {
        let (again, back) = (self.event(), self.event());
        self.has_loop = true;
        let gate = Body::Gate { again, done: to };
        let gate = self.step(Takes::Each(vec![from, back]), gate);
        Block::Loop(gate, Box::new(self.block(again, back, depth, fan_outs)))
    }

    fn pair(&mut self, from: usize, to: usize, depth: usize, fan_outs: usize) -> Block {
        let (given, joined) = ([self.event(), self.event()], [self.event(), self.event()]);
        let step = self.each(from, Body::Both(given[0], given[1]));
        let left = self.block(given[0], joined[0], depth, fan_outs);
        let right = self.block(given[1], joined[1], depth, fan_outs);
        let join = self.step(Takes::Join(joined.to_vec()), Body::Fold(to));
        Block::Pair(step, Box::new((left, right)), join)
    }

    fn twice(&mut self, from: usize, to: usize) -> Block {
        let (given, worked) = (self.event(), self.event());
        let step = self.each(from, Body::Both(given, given));
        let work = self.each(given, Body::Pass(worked));
        let join = self.step(Takes::Join(vec![worked, worked]), Body::Sum(to));
        Block::Twice(step, work, join)
    }

    fn fan_out(&mut self, from: usize, to: usize, depth: usize, fan_outs: usize) -> Block {
        let kinds = 1 + self.rng.below(2);
        let elements: Vec<_> = (0..kinds).map(|_| self.event()).collect();
        let step = self.each(from, Body::List(elements.clone()));
        let brought: Vec<_> = (0..kinds).map(|_| self.event()).collect();
        let mut blocks = Vec::new();
        for kind in 0..kinds {
            blocks.push(self.branch_of_a_list(elements[kind], brought[kind], depth, fan_outs));
        }
        if self.rng.once_in(3) {
            return self.collected_twice(step, blocks, &brought, to);
        }
        let take = self.rng.once_in(5).then_some(2);
        self.is_exact &= take.is_none();
        let events = brought;
        let collector = self.step(Takes::Collect { events, take }, Body::Fold(to));
        Block::FanOut(step, blocks, vec![collector], None)
    }

    fn branch_of_a_list(&mut self, from: usize, to: usize, depth: usize, fan_outs: usize) -> Block {
        if !self.rng.once_in(3) {
            return self.block(from, to, depth, fan_outs);
        }
        let kept = self.event();
        let filter = Block::Filter(self.each(from, Body::Filter(kept)));
        Block::Chain(vec![filter, self.block(kept, to, depth, fan_outs)])
    }

    fn collected_twice(
        &mut self,
        step: usize,
        blocks: Vec<Block>,
        brought: &[usize],
        to: usize,
    ) -> Block {
        let joined = [self.event(), self.event()];
        let collectors = joined.map(|to| {
            let (events, take) = (brought.to_vec(), None);
            self.step(Takes::Collect { events, take }, Body::Fold(to))
        });
        let join = self.step(Takes::Join(joined.to_vec()), Body::Fold(to));
        Block::FanOut(step, blocks, collectors.to_vec(), Some(join))
    }
}
