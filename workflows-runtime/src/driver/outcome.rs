//! How an attempt ended, as a tick: a commit, or a failure with what its policy makes of it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use workflows_core::{FailedAttempt, Failure, Input, Retry};

use super::Driver;
use crate::invocation::{Outcome, Task, panic_message};

impl Driver<'_> {
    #[inline]
    pub(super) fn finished(&mut self, task: Task, outcome: Outcome) {
        self.read_mailbox();
        if let Some(observer) = &mut self.observer {
            observer.is_over(task.id);
        }
        let is_plain = self.run.max_event_bytes.is_none() && !self.run.desk.is_used();
        let input = match outcome {
            Ok(outbox) if is_plain => Input::Committed {
                invocation: task.id,
                outbox,
            },
            outcome => self.concluded(task, outcome),
        };
        self.scratch.inputs.push_back(input);
    }

    /// What comes of an attempt that failed or has left something to do.
    #[inline(never)]
    fn concluded(&mut self, task: Task, outcome: Outcome) -> Input {
        let refused = self.run.desk.refusal(task.id);
        let refused = refused.map_or(Ok(()), |error| Err(Failure::error(error)));
        let outcome = refused.and(outcome).and_then(|outbox| {
            let checked = self.run.check_sizes(&outbox);
            checked.map(|()| outbox).map_err(Failure::error)
        });
        match self.edited(task, outcome) {
            Ok(outbox) => Input::Committed {
                invocation: task.id,
                outbox,
            },
            Err(failure) => self.failed(task, failure),
        }
    }

    /// Makes the edits that the step has left for its commit.
    fn edited(&self, task: Task, outcome: Outcome) -> Outcome {
        let edits = self.run.desk.edits(task.id);
        let outbox = outcome?;
        let edit = || self.run.store.edit(edits);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(edit)) {
            return Err(Failure::panic(panic_message(&*panic)));
        }
        self.run.desk.clear(task.id);
        Ok(outbox)
    }

    fn failed(&mut self, task: Task, failure: Failure) -> Input {
        self.read_clock();
        let retry = self.retry(task, &failure);
        if retry.is_none() {
            self.run.desk.clear(task.id);
        }
        Input::Failed {
            invocation: task.id,
            failure,
            retry,
        }
    }

    /// After what time the step's policy wants another attempt.
    fn retry(&self, task: Task, failure: &Failure) -> Option<Duration> {
        let spec = self.conditions.routes.step(task.step);
        let policy = catch_unwind(AssertUnwindSafe(spec.retry?)).unwrap_or_else(|panic| {
            let (step, message) = (spec.name, panic_message(&*panic));
            tracing::warn!(step, message, "the expression of a retry policy panicked");
            Retry::never()
        });
        policy.delay_after(&FailedAttempt {
            attempts: task.failures.saturating_add(1),
            elapsed: self.now.since(task.began),
            failure,
            seed: self.run.id().seed() ^ task.id.serial(),
        })
    }
}
