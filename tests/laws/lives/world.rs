//! Does what the steps of a graph do, and keeps account of it.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use serde_json::Value;
use workflows::{
    Answer, Broker, Command, Earlier, Emission, Ending, Failure, Input, InvocationId, Item,
    OfferId, Outbox, Routes, StepInput, Tick, Timestamp, Wait, WaitKey,
};

use super::{
    Token,
    life::{Deed, Life, Want, Work, answer_to},
};
use crate::{
    cut,
    events::{ANSWER, ORDINARY, START, info, infos_of},
    plan::{Plan, infos},
    simulation::{
        block::{Body, Graph, Output},
        rng::{Rng, mix},
    },
};

/// A graph whose steps wait, sleep, fail and are tried again.
pub(crate) struct Play {
    pub(crate) graph: Graph,
    pub(crate) plan: Plan,
    pub(crate) routes: Arc<Routes>,
    /// Whether the steps look at an answer before they take it.
    pub(crate) choosy: bool,
}

impl Play {
    fn work(&self, runs: usize, input: &StepInput<Token>) -> Work {
        let (step, mut input) = match input {
            StepInput::One(token) => (runs, vec![*token]),
            StepInput::All(tokens) | StepInput::Collected(tokens) => (runs, tokens.clone()),
            StepInput::Caught(caught) => {
                let work = self.work(caught.step.index(), &caught.input);
                return Work { runs, ..work };
            }
        };
        if let Body::Sum(_) = self.graph.bodies[step] {
            // What comes first is a matter of the order.
            input.sort_unstable();
        }
        Work { runs, step, input }
    }
}

/// How often something happened.
pub(crate) type Count<T> = BTreeMap<T, usize>;

fn count<T: Ord>(all: &mut Count<T>, what: T) {
    *all.entry(what).or_default() += 1;
}

/// What is seen of a run from outside. It outlives a cut.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    pub(crate) emitted: Count<Token>,
    pub(crate) questions: Count<Token>,
    pub(crate) committed: Count<Work>,
    pub(crate) given_up: Count<Work>,
    pub(crate) result: Option<Token>,
    /// What each invocation has behind it.
    past: BTreeMap<u64, Past>,
}

impl Account {
    /// How often the work of a step was done.
    pub(crate) fn commits(&self, step: usize) -> usize {
        let commits = self.committed.iter().filter(|(work, _)| work.step == step);
        commits.map(|(_, times)| times).sum()
    }

    /// How often a step has taken an event.
    pub(crate) fn consumed(&self, step: usize, token: Token) -> usize {
        let commits = self.committed.iter().filter(|(work, _)| work.step == step);
        let taken = |work: &Work| work.input.iter().filter(|other| **other == token).count();
        commits.map(|(work, times)| times * taken(work)).sum()
    }
}

#[derive(Clone, Debug, Default)]
struct Past {
    failures: u32,
    interruptions: u32,
    kept: Vec<String>,
    /// When the next attempt is due.
    retry: Timestamp,
    /// When each wait is over by itself.
    due: BTreeMap<WaitKey, Timestamp>,
}

pub(crate) struct World<'p> {
    play: &'p Play,
    pub(crate) broker: Broker<Token>,
    pub(crate) now: Timestamp,
    pub(crate) account: Account,
    lives: BTreeMap<InvocationId, Life>,
    /// Asked and not answered.
    asked: Vec<Token>,
    offers: VecDeque<(OfferId, InvocationId, WaitKey, Token)>,
    /// What happened, with what came of it; `None` where nobody asks.
    pub(crate) journal: Option<Vec<(Tick<Token>, String)>>,
    /// What has ended, or been looked at.
    dead: Vec<InvocationId>,
    judged: Vec<OfferId>,
}

enum Move {
    Live(InvocationId),
    Answer(usize),
    Due,
    Pause,
    Resume,
}

impl<'p> World<'p> {
    pub(crate) fn begin(play: &'p Play, start: u64, has_journal: bool) -> Self {
        let mut world = Self {
            play,
            broker: Broker::new(Arc::clone(&play.routes)).keeping_inputs(),
            now: Timestamp::default(),
            account: Account::default(),
            lives: BTreeMap::new(),
            asked: Vec::new(),
            offers: VecDeque::new(),
            journal: has_journal.then(Vec::new),
            dead: Vec::new(),
            judged: Vec::new(),
        };
        let start = world.emission(Token::new(START, start));
        world.tick(Input::Started(start));
        world
    }

    /// The run in another process, from a snapshot as text.
    pub(crate) fn cut(&self) -> Self {
        let mut world = Self {
            play: self.play,
            broker: cut::restored(
                &cut::text(&self.broker, &Token::record),
                &self.play.routes,
                &Token::of,
            ),
            now: self.now,
            account: self.account.clone(),
            lives: BTreeMap::new(),
            asked: self.asked.clone(),
            offers: VecDeque::new(),
            journal: None,
            dead: Vec::new(),
            judged: Vec::new(),
        };
        for id in self.lives.keys() {
            let past = world.account.past.entry(id.serial()).or_default();
            past.interruptions += 1;
        }
        world.tick(Input::Resumed);
        world.check_workers(&BTreeMap::new(), None);
        world
    }

    /// Lets something happen that can happen now.
    pub(crate) fn advance(&mut self, rng: &mut Rng) {
        let worked = self.working();
        let gave_up = self.happen(rng);
        self.check_workers(&worked, gave_up);
    }

    /// Gives the invocation that gave up a wait by itself.
    fn happen(&mut self, rng: &mut Rng) -> Option<InvocationId> {
        if let Some((offer, id, key, event)) = self.offers.pop_front() {
            let life = self.lives.get(&id);
            let takes = life.is_some_and(|life| event == answer_to(life.work.question(&key)));
            self.judged.push(offer);
            self.tick(Input::Judged { offer, takes });
            return None;
        }
        let moves = self.moves();
        match &moves[rng.below(moves.len())] {
            Move::Live(id) => return self.live(*id),
            Move::Answer(place) => {
                let question = self.asked.remove(*place);
                let answer = self.emission(answer_to(question));
                self.tick(Input::Sent(answer));
            }
            Move::Due => {
                self.now = self.broker.next_due().expect("a timer is set");
                self.tick(Input::Due);
            }
            Move::Pause => self.tick(Input::Paused),
            Move::Resume => self.tick(Input::Resumed),
        }
        None
    }

    /// A tick that means nothing now.
    pub(crate) fn nonsense(&self, rng: &mut Rng) -> Option<Input<Token>> {
        let key = || WaitKey::from("0.0".to_owned());
        let invocation = *self.dead.get(rng.below(self.dead.len().max(1)))?;
        let event = info(ORDINARY).id();
        let payload = Token::new(ORDINARY, 0);
        let emission = Emission { event, payload };
        let outbox = Outbox::from_iter([Item::Event(emission.clone())]);
        let is_due = self.broker.next_due().is_some_and(|due| due <= self.now);
        Some(match rng.below(10) {
            0 => Input::Committed { invocation, outbox },
            1 => Input::Emitted { invocation, outbox },
            2 => Input::Failed {
                invocation,
                failure: Failure::panic("boom".to_owned()),
                retry: rng.once_in(2).then_some(Duration::ZERO),
            },
            3 => Input::Waits {
                invocation,
                wait: Box::new(wait(key(), Want::Sleep { seconds: 1 }, payload, false)),
            },
            4 => Input::WaitDropped {
                invocation,
                key: key(),
            },
            5 => Input::WaitDropped {
                invocation: *self.lives.keys().next()?,
                key: WaitKey::from("nobody's".to_owned()),
            },
            6 => Input::Recorded {
                invocation,
                key: "key".to_owned(),
                value: Value::Null,
            },
            7 => Input::Judged {
                offer: *self.judged.last()?,
                takes: true,
            },
            8 => Input::Started(emission),
            _ if is_due => return None,
            _ => Input::Due,
        })
    }

    fn moves(&self) -> Vec<Move> {
        let live = |(id, life): (&InvocationId, &Life)| self.next(life).map(|_| Move::Live(*id));
        let mut moves: Vec<_> = self.lives.iter().filter_map(live).collect();
        let answers = 0..self.asked.len();
        moves.extend(answers.map(Move::Answer));
        moves.extend(self.broker.next_due().map(|_| Move::Due));
        match self.broker.is_paused() {
            true => moves.push(Move::Resume),
            false if moves.len() > 2 => moves.push(Move::Pause),
            false => {}
        }
        assert!(!moves.is_empty(), "the run hangs: {:#?}", self.lives);
        moves
    }

    /// The step that ends the run does so when all else is done.
    fn next(&self, life: &Life) -> Option<Deed> {
        let is_last = life.work.step == self.play.graph.last;
        let is_alone = self.lives.len() == 1
            && self.broker.queued() == 0
            && self.broker.next_due().is_none()
            && !self.broker.is_paused();
        let deed = life.next()?;
        (deed != Deed::Commit || !is_last || is_alone).then_some(deed)
    }

    fn live(&mut self, id: InvocationId) -> Option<InvocationId> {
        let life = self.lives.get_mut(&id).expect("it is alive");
        let deed = life.next().expect("it has something to do");
        life.did(&deed);
        match deed {
            Deed::Begin(key, want) => self.wait(id, key, want),
            Deed::GiveUpWait(key) => {
                let invocation = id;
                self.tick(Input::WaitDropped { invocation, key });
                return Some(id);
            }
            Deed::Keep(key) => {
                let (invocation, value) = (id, key.clone().into());
                self.past(id).kept.push(key.clone());
                self.tick(Input::Recorded {
                    invocation,
                    key,
                    value,
                });
            }
            Deed::Fail(delay) => self.fail(id, Some(Duration::from_secs(delay))),
            Deed::GiveUp => self.fail(id, None),
            Deed::Commit => self.commit(id),
        }
        None
    }

    fn wait(&mut self, id: InvocationId, key: WaitKey, want: Want) {
        let question = self.lives[&id].work.question(&key);
        let wait = wait(key, want, question, self.play.choosy);
        if let Some(timeout) = wait.timeout {
            let due = self.now.plus(timeout);
            self.past(id).due.entry(wait.key.clone()).or_insert(due);
        }
        let (invocation, wait) = (id, Box::new(wait));
        self.tick(Input::Waits { invocation, wait });
    }

    fn fail(&mut self, id: InvocationId, retry: Option<Duration>) {
        let life = self.lives.remove(&id).expect("it is alive");
        let now = self.now;
        let past = self.past(id);
        match retry {
            Some(delay) => {
                past.failures += 1;
                past.retry = now.plus(delay);
                past.due.clear();
            }
            None => {
                self.dead.push(id);
                count(&mut self.account.given_up, life.work);
            }
        }
        self.tick(Input::Failed {
            invocation: id,
            failure: Failure::error("not this time".into()),
            retry,
        });
    }

    fn commit(&mut self, id: InvocationId) {
        let life = self.lives.remove(&id).expect("it is alive");
        let Work { step, input, .. } = &life.work;
        let values: Vec<_> = input.iter().map(|token| token.value).collect();
        let outputs = self.play.graph.bodies[*step].outputs(*step, &values);
        let outbox = outputs.into_iter().map(|output| self.item(output));
        let (invocation, outbox) = (id, outbox.collect());
        self.dead.push(id);
        count(&mut self.account.committed, life.work);
        self.tick(Input::Committed { invocation, outbox });
    }

    fn item(&mut self, output: Output) -> Item<Token> {
        match output {
            Output::Event(event, value) => {
                let emission = self.emission(Token::new(event, value));
                match mix(value) % 8 {
                    0 => Item::Later {
                        delay: Duration::from_secs(value % 5),
                        emission,
                    },
                    _ => Item::Event(emission),
                }
            }
            Output::List(elements, events) => Item::FanOut {
                elements: infos(&elements),
                events: events
                    .into_iter()
                    .map(|(event, value)| self.emission(Token::new(event, value)))
                    .collect(),
            },
        }
    }

    fn emission(&mut self, payload: Token) -> Emission<Token> {
        count(&mut self.account.emitted, payload);
        let event = info(payload.event.into()).id();
        Emission { event, payload }
    }

    fn past(&mut self, id: InvocationId) -> &mut Past {
        self.account.past.entry(id.serial()).or_default()
    }

    fn tick(&mut self, input: Input<Token>) {
        let tick = Tick {
            at: self.now,
            input,
        };
        let mut commands = Vec::new();
        if let Some(journal) = &mut self.journal {
            self.broker.reduce(tick.clone(), &mut commands);
            journal.push((tick, format!("{commands:?}")));
        } else {
            self.broker.reduce(tick, &mut commands);
        }
        for command in commands {
            self.carry_out(command);
        }
    }

    fn carry_out(&mut self, command: Command<Token>) {
        assert_eq!(self.account.result, None, "`Finish` is the last command");
        match command {
            Command::Invoke {
                invocation,
                step,
                input,
                earlier,
            } => {
                let work = self.play.work(step.index(), &input);
                self.check_past(invocation, earlier.as_deref());
                self.invoke(invocation, work);
            }
            Command::Offer {
                offer,
                invocation,
                key,
                event,
            } => self.offers.push_back((offer, invocation, key, event)),
            Command::Answer {
                invocation,
                key,
                answer,
            } => self.answer(invocation, &key, &answer),
            Command::Publish(question) => {
                count(&mut self.account.questions, question);
                self.asked.push(question);
            }
            Command::Unhandled { .. } => {}
            Command::Finish(Ending::Stopped(result)) => self.account.result = Some(result),
            Command::Finish(other) => panic!("the run ended with {other:?}"),
        }
    }

    fn invoke(&mut self, id: InvocationId, work: Work) {
        assert!(!self.broker.is_paused(), "{work:?} begins in a paused run");
        let (step, failed) = (work.runs, self.past(id).failures);
        let life = Life::new(work, failed, self.play.plan.handler_of(step).is_some());
        let before = self.lives.insert(id, life);
        assert!(before.is_none(), "{id} is invoked while it runs");
    }

    /// Checks what an invocation is told of its earlier attempts.
    fn check_past(&mut self, id: InvocationId, earlier: Option<&Earlier>) {
        let now = self.now;
        let past = self.past(id);
        let counts = earlier.map(|earlier| (earlier.failures, earlier.interruptions));
        let expected = (past.failures, past.interruptions);
        assert_eq!(counts.unwrap_or_default(), expected);
        assert!(now >= past.retry, "{id} is tried again too early");
        if let Some(earlier) = earlier {
            assert!(
                past.kept
                    .iter()
                    .all(|key| earlier.recorded.contains_key(key))
            );
        }
    }

    fn answer(&mut self, id: InvocationId, key: &WaitKey, answer: &Answer<Token>) {
        let now = self.now;
        let due = self.past(id).due.get(key).copied();
        let life = self.lives.get_mut(&id).expect("it waits");
        match (life.open.get(key), answer) {
            // Meant for a wait that the invocation, which began anew, has not come to.
            (None, _) => return,
            (Some(Want::Sleep { .. }), Answer::Event(event)) => panic!("{event:?} for a sleep"),
            (Some(Want::Answer), Answer::TimedOut) => panic!("a wait without timeout timed out"),
            (Some(_), Answer::Event(event)) => {
                let expected = answer_to(life.work.question(key));
                assert!(!self.play.choosy || *event == expected);
            }
            (Some(_), Answer::TimedOut) => assert!(due.is_none_or(|due| now >= due)),
        }
        life.answered(key);
    }

    /// The invocations that have something to do, each with its step.
    fn working(&self) -> BTreeMap<InvocationId, usize> {
        let working = self.lives.iter().filter(|(_, life)| life.is_working());
        working.map(|(id, life)| (*id, life.work.runs)).collect()
    }

    /// Whoever begins or goes on needs a place, but for one that gives up a wait by itself.
    fn check_workers(&self, before: &BTreeMap<InvocationId, usize>, gave_up: Option<InvocationId>) {
        let working = self.working();
        for (id, step) in &working {
            let all = working.values().filter(|other| *other == step).count();
            let workers = self.play.plan.steps[*step].workers as usize;
            assert!(
                all <= workers || before.contains_key(id) || gave_up == Some(*id),
                "{id} is one of {all} that run step {step}"
            );
        }
    }
}

fn wait(key: WaitKey, want: Want, question: Token, choosy: bool) -> Wait<Token> {
    let seconds = match want {
        Want::Answer => None,
        Want::Silence { seconds } | Want::Sleep { seconds } => Some(seconds),
    };
    let asks = !matches!(want, Want::Sleep { .. });
    Wait {
        key,
        events: if asks { infos_of(ANSWER) } else { &[] },
        choosy,
        sent: Outbox::new(),
        announcement: asks.then_some(question),
        timeout: seconds.map(Duration::from_secs),
    }
}
