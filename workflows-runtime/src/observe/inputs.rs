//! What goes into the broker: read, and labelled.

use std::time::Duration;

use workflows_core::{EventInfo, Failure, Input, InvocationId, Outbox, Wait};

use super::{
    Observer,
    events::{RunPaused, RunResumed, StepAttemptFailed, StepFinished, StepWaiting},
    label::labelled,
};
use crate::error::with_causes;

impl Observer {
    /// Reads what happens, before the broker does.
    pub(crate) fn input(&mut self, input: &mut Input) {
        self.is_idle = false;
        match input {
            Input::Committed { invocation, outbox } => self.finished(*invocation, outbox),
            Input::Failed {
                invocation,
                failure,
                retry,
            } => self.failed(*invocation, failure, *retry),
            Input::Waits { invocation, wait } => {
                self.emits(*invocation, &mut wait.sent);
                self.waits(*invocation, wait);
            }
            Input::Emitted { invocation, outbox } => self.emits(*invocation, outbox),
            Input::Paused => {
                let at = self.at();
                self.tell(RunPaused { at });
            }
            Input::Resumed => {
                let at = self.at();
                self.tell(RunResumed { at });
            }
            Input::Started(_)
            | Input::Sent(_)
            | Input::WaitDropped { .. }
            | Input::Judged { .. }
            | Input::Recorded { .. }
            | Input::Due
            | Input::Cancelled
            | Input::TimedOut => {}
        }
    }

    /// Labels what an invocation emits.
    fn emits(&mut self, id: InvocationId, outbox: &mut Outbox) {
        if self.labels()
            && let Some(under_way) = self.under_way.get_mut(&id.serial())
        {
            under_way.given.count(outbox);
            *outbox = labelled(std::mem::take(outbox), &under_way.origin);
        }
    }

    fn finished(&mut self, id: InvocationId, outbox: &mut Outbox) {
        self.emits(id, outbox);
        let at = self.at();
        let Some(done) = self.under_way.remove(&id.serial()) else {
            return;
        };
        done.leave_span();
        let took = done.took(at);
        self.meter.returned(done.step, took);
        if self.watch.wants_events() {
            self.tell(StepFinished {
                step: done.step.to_owned(),
                invocation: id.serial(),
                attempt: done.attempt,
                emitted: done.given.into_list(),
                took,
                at,
            });
        }
    }

    fn failed(&mut self, id: InvocationId, failure: &Failure, retry: Option<Duration>) {
        let at = self.at();
        let Some(failed) = self.under_way.get_mut(&id.serial()) else {
            return;
        };
        failed.given.clear();
        let error = with_causes(&**failure.source());
        failed.note_failure(&error, failure.is_panic(), retry.is_none());
        let told = StepAttemptFailed {
            step: failed.step.to_owned(),
            invocation: id.serial(),
            attempt: failed.attempt,
            error,
            is_panic: failure.is_panic(),
            retry_in: retry,
            took: failed.took(at),
            at,
        };
        self.meter.failed(failed.step, told.is_panic, told.took);
        if retry.is_none()
            && let Some(failed) = self.under_way.remove(&id.serial())
        {
            self.given_up.add(failure, failed.origin);
        }
        if self.watch.wants_events() {
            self.tell(told);
        }
    }

    fn waits(&mut self, id: InvocationId, wait: &Wait) {
        let at = self.at();
        let Some(under_way) = self.under_way.get(&id.serial()) else {
            return;
        };
        let names = wait.events.iter().map(EventInfo::name);
        let events: Vec<_> = names.map(str::to_owned).collect();
        under_way.note_wait(&events);
        if self.watch.wants_events() {
            self.tell(StepWaiting {
                step: under_way.step.to_owned(),
                invocation: id.serial(),
                wait: wait.key.to_string(),
                events,
                timeout: wait.timeout,
                at,
            });
        }
    }
}
