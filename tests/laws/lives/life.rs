//! What an invocation goes through until it commits: decided by its step and its input alone, so that it is the same
//! in every order and after every cut.

use std::collections::BTreeMap;

use workflows::WaitKey;

use crate::{
    events::{ANSWER, QUESTION},
    lives::Token,
    simulation::rng::{Rng, mix},
};

/// One of the things that an invocation waits for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Want {
    /// A question that is answered, sooner or later.
    Answer,
    /// A question that nobody answers: the wait has an end.
    Silence {
        seconds: u64,
    },
    Sleep {
        seconds: u64,
    },
}

#[derive(Clone, Debug)]
enum Act {
    /// Waits for all of these, or for the first of them and gives up the others.
    Wait { wants: Vec<Want>, all: bool },
    /// Keeps a result for later attempts.
    Keep,
}

/// What happens next in an invocation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Deed {
    Begin(WaitKey, Want),
    GiveUpWait(WaitKey),
    Keep(String),
    /// Fails, to be tried again after so many seconds.
    Fail(u64),
    GiveUp,
    Commit,
}

/// An invocation that has been invoked and has not ended.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    pub(crate) work: Work,
    acts: Vec<Act>,
    /// Where each attempt fails, and when the next one is due.
    failures: Vec<(usize, u64)>,
    gives_up: bool,
    attempt: usize,
    act: usize,
    /// How many waits of this act have begun, and how many of them are answered.
    begun: usize,
    answered: usize,
    pub(crate) open: BTreeMap<WaitKey, Want>,
}

/// A step and what it runs on; the work of a handler is that of the step that failed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Work {
    /// The step that runs.
    pub(crate) runs: usize,
    /// The step whose work it is.
    pub(crate) step: usize,
    pub(crate) input: Vec<Token>,
}

impl Work {
    fn seed(&self) -> u64 {
        let values = self.input.iter().map(|token| token.value);
        values.fold(mix(self.runs as u64), |all, value| mix(all ^ value))
    }

    /// What the invocation asks in one of its waits.
    pub(crate) fn question(&self, key: &WaitKey) -> Token {
        let letters = key.to_string().into_bytes();
        let value = letters
            .into_iter()
            .fold(self.seed(), |all, letter| mix(all ^ u64::from(letter)));
        Token::new(QUESTION, value)
    }
}

/// The answer to a question.
pub(crate) fn answer_to(question: Token) -> Token {
    Token::new(ANSWER, mix(question.value))
}

fn want(rng: &mut Rng) -> Want {
    let seconds = 1 + rng.below(9) as u64;
    match rng.below(3) {
        0 => Want::Answer,
        1 => Want::Silence { seconds },
        _ => Want::Sleep { seconds },
    }
}

fn act(rng: &mut Rng) -> Act {
    match rng.below(5) {
        0 => Act::Keep,
        1 => Act::Wait {
            wants: vec![Want::Silence { seconds: 9 }, Want::Sleep { seconds: 3 }],
            all: false,
        },
        2 => Act::Wait {
            wants: vec![want(rng), want(rng)],
            all: true,
        },
        _ => Act::Wait {
            wants: vec![want(rng)],
            all: true,
        },
    }
}

impl Life {
    /// The attempt after so many that failed; only a step that has a handler may give up.
    pub(crate) fn new(work: Work, failed: u32, has_handler: bool) -> Self {
        let mut rng = Rng::new(work.seed());
        let count = rng.below(3);
        let acts: Vec<_> = (0..count).map(|_| act(&mut rng)).collect();
        let failures = rng.below(5).saturating_sub(2);
        let failures = (0..failures).map(|_| (rng.below(acts.len() + 1), rng.below(4) as u64));
        Self {
            failures: failures.collect(),
            gives_up: has_handler && mix(work.seed()).is_multiple_of(2),
            work,
            acts,
            attempt: failed as usize,
            act: 0,
            begun: 0,
            answered: 0,
            open: BTreeMap::new(),
        }
    }

    /// Whether it has something to do, and so a place among the workers of its step.
    pub(crate) fn is_working(&self) -> bool {
        self.open.is_empty()
    }

    /// What it does next; `None` while it waits.
    pub(crate) fn next(&self) -> Option<Deed> {
        if let Some((act, delay)) = self.failures.get(self.attempt)
            && *act == self.act
        {
            return Some(Deed::Fail(*delay));
        }
        match self.acts.get(self.act) {
            None if self.gives_up => Some(Deed::GiveUp),
            None => Some(Deed::Commit),
            Some(Act::Keep) => Some(Deed::Keep(self.act.to_string())),
            Some(Act::Wait { all: false, .. }) if self.answered > 0 => {
                let rest = self.open.keys().next();
                rest.cloned().map(Deed::GiveUpWait)
            }
            Some(Act::Wait { wants, .. }) => {
                let want = wants.get(self.begun)?;
                let key = WaitKey::from(format!("{}.{}", self.act, self.begun));
                Some(Deed::Begin(key, *want))
            }
        }
    }

    pub(crate) fn did(&mut self, deed: &Deed) {
        match deed {
            Deed::Begin(key, want) => {
                self.begun += 1;
                self.open.insert(key.clone(), *want);
            }
            Deed::GiveUpWait(key) => {
                self.open.remove(key);
                self.go_on();
            }
            Deed::Keep(_) => self.act += 1,
            Deed::Fail(_) | Deed::GiveUp | Deed::Commit => {}
        }
    }

    /// A wait of this attempt is over.
    pub(crate) fn answered(&mut self, key: &WaitKey) {
        self.open.remove(key);
        self.answered += 1;
        self.go_on();
    }

    fn go_on(&mut self) {
        let is_over = match &self.acts[self.act] {
            Act::Wait { wants, all: true } => self.answered == wants.len(),
            Act::Wait { all: false, .. } => self.open.is_empty(),
            Act::Keep => false,
        };
        if is_over {
            self.act += 1;
            self.begun = 0;
            self.answered = 0;
        }
    }
}
