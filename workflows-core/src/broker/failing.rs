//! Failures: another attempt, the handler of the step, or the end of the run.

use std::time::Duration;

use super::{
    Broker,
    invocation::{Invocation, Stage},
    timers::Timer,
};
use crate::{
    command::{Command, Ending},
    tick::{Caught, Failure, InvocationId, StepInput},
};

impl<P: Clone> Broker<P> {
    /// An attempt has failed.
    pub(super) fn fail(
        &mut self,
        id: InvocationId,
        failure: Failure,
        retry: Option<Duration>,
        commands: &mut Vec<Command<P>>,
    ) {
        let Some(invocation) = self.get(id) else {
            return;
        };
        match retry {
            Some(delay) if invocation.input.is_some() => self.retry(id, failure, delay, commands),
            _ => self.give_up(id, failure, commands),
        }
    }

    /// Sets up the next attempt.
    fn retry(
        &mut self,
        id: InvocationId,
        failure: Failure,
        delay: Duration,
        commands: &mut Vec<Command<P>>,
    ) {
        let invocation = &mut self.invocations[id.slot()];
        let (step, stage) = (invocation.step, invocation.stage);
        let record = invocation.record();
        record.failures = record.failures.saturating_add(1);
        record.failure = Some(failure);
        record.begin_again();
        let given_up = record.waits.begin_again();
        given_up.iter().for_each(|wait| self.close_wait(wait));
        self.leave(id, step, stage);
        if delay.is_zero() {
            return self.return_to_work(id, commands);
        }
        let timer = self.timers.add(self.now.plus(delay), Timer::Retry(id));
        let invocation = &mut self.invocations[id.slot()];
        invocation.stage = Stage::Retrying;
        invocation.record().due = Some(timer);
        self.fill(step, commands);
    }

    /// Ends an invocation that has failed for good.
    fn give_up(&mut self, id: InvocationId, failure: Failure, commands: &mut Vec<Command<P>>) {
        let Some(invocation) = self.end(id) else {
            return;
        };
        let Invocation {
            step,
            place,
            event,
            began,
            input,
            record,
            ..
        } = invocation;
        let elapsed = self.now.since(began);
        let failures = record.map_or(0, |record| record.failures);
        let attempts = failures.saturating_add(1);
        let handler = self
            .routes
            .routes_of(step)
            .handler
            .filter(|(handler, limit)| self.lineages.recoveries(place.lineage, *handler) < *limit);
        let (Some((handler, _)), Some(input)) = (handler, input) else {
            let ending = Ending::Failed {
                step,
                event,
                attempts,
                elapsed,
                failure,
            };
            return self.finish(ending, commands);
        };
        let mut recovered = place;
        recovered.lineage = self.lineages.recovered(place.lineage, handler);
        let caught = Caught {
            step,
            event,
            input,
            attempts,
            elapsed,
            failure,
        };
        let input = StepInput::Caught(Box::new(caught));
        self.enqueue(handler, recovered, event, input, commands);
        self.release(place.scope, commands);
        self.fill(step, commands);
    }
}
