//! Workers: which invocations of a step run, and which wait for a place.

use super::{
    Broker, Queued,
    invocation::{Invocation, Record, Stage},
    place::Place,
};
use crate::{
    command::{Command, Ending},
    limits::Limit,
    routes::{EventKey, StepId},
    tick::{InvocationId, StepInput},
};

impl<P: Clone> Broker<P> {
    #[inline]
    pub(super) fn get(&self, id: InvocationId) -> Option<&Invocation<P>> {
        let invocation = self.invocations.get(id.slot())?;
        (invocation.serial == id.serial).then_some(invocation)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, id: InvocationId) -> Option<&mut Invocation<P>> {
        let invocation = self.invocations.get_mut(id.slot())?;
        (invocation.serial == id.serial).then_some(invocation)
    }

    /// Runs a step, or queues the work where all its workers are busy.
    #[inline(always)]
    pub(super) fn enqueue(
        &mut self,
        step: StepId,
        place: Place,
        event: EventKey,
        input: StepInput<P>,
        commands: &mut Vec<Command<P>>,
    ) {
        if self.is_ended() {
            return;
        }
        self.hold(place.scope);
        let work = Queued {
            place,
            event,
            input,
        };
        if self.has_free_worker(step) && self.steps[step.index()].queue.is_empty() {
            self.start(step, work, commands);
        } else {
            self.steps[step.index()].queue.push_back(work);
            self.queued += 1;
        }
        self.check_in_flight(commands);
    }

    /// Ends a run that has too much on its way.
    #[inline(always)]
    pub(super) fn check_in_flight(&mut self, commands: &mut Vec<Command<P>>) {
        if let Some(limit) = self.limits.in_flight
            && self.queued
                + self.invocations.len()
                + self.waiting.get().map_or(0, |waiting| waiting.kept.len())
                > limit
        {
            self.finish(Ending::Exceeded(Limit::InFlight(limit)), commands);
        }
    }

    /// Whether new work of the step may begin: who returns to its work comes first.
    #[inline(always)]
    fn has_free_worker(&self, step: StepId) -> bool {
        let of = &self.steps[step.index()];
        of.returning.is_empty() && !self.paused && of.running < self.routes.routes_of(step).workers
    }

    #[inline]
    fn start(&mut self, step: StepId, work: Queued<P>, commands: &mut Vec<Command<P>>) {
        let Queued {
            place,
            event,
            input,
        } = work;
        self.serial += 1;
        let serial = self.serial;
        if let Some(limit) = self.limits.invocations
            && serial > limit
        {
            return self.finish(Ending::Exceeded(Limit::Invocations(limit)), commands);
        }
        let keeps = self.keeps_inputs || self.routes.routes_of(step).keeps_input;
        let slot = self.invocations.insert(Invocation {
            serial,
            step,
            place,
            event,
            began: self.now,
            stage: Stage::Running,
            input: keeps.then(|| input.clone()),
            record: None,
        });
        let slot = u32::try_from(slot).expect("memory holds fewer than 2^32 running invocations");
        self.steps[step.index()].running += 1;
        commands.push(Command::Invoke {
            invocation: InvocationId { slot, serial },
            step,
            input,
            earlier: None,
        });
    }

    /// Gives the free places of a step to those that return to their work, and to the queue.
    #[inline]
    pub(super) fn fill(&mut self, step: StepId, commands: &mut Vec<Command<P>>) {
        let workers = self.routes.routes_of(step).workers;
        while !self.paused && !self.is_ended() {
            let of = &mut self.steps[step.index()];
            if of.running >= workers {
                return;
            }
            if let Some(id) = of.returning.pop_front() {
                self.resume(id, commands);
            } else if let Some(work) = of.queue.pop_front() {
                self.queued -= 1;
                self.start(step, work, commands);
            } else {
                return;
            }
        }
    }

    /// An invocation has something to do again: as soon as there is a place for it.
    pub(super) fn return_to_work(&mut self, id: InvocationId, commands: &mut Vec<Command<P>>) {
        let invocation = &mut self.invocations[id.slot()];
        invocation.stage = Stage::Returning;
        let step = invocation.step;
        self.steps[step.index()].returning.push_back(id);
        self.fill(step, commands);
    }

    /// Gives an invocation a place, whether or not there is one.
    pub(super) fn occupy(&mut self, id: InvocationId) {
        let invocation = &mut self.invocations[id.slot()];
        invocation.stage = Stage::Running;
        self.steps[invocation.step.index()].running += 1;
    }

    fn resume(&mut self, id: InvocationId, commands: &mut Vec<Command<P>>) {
        self.occupy(id);
        let invocation = &mut self.invocations[id.slot()];
        let (step, began) = (invocation.step, invocation.began);
        let record = invocation.record();
        if !std::mem::take(&mut record.begins) {
            return self.deliver(id, commands);
        }
        let earlier = record.earlier(began);
        if let Some(input) = invocation.input.clone() {
            commands.push(Command::Invoke {
                invocation: id,
                step,
                input,
                earlier,
            });
        }
    }

    /// Ends an invocation.
    #[inline(always)]
    pub(super) fn end(&mut self, id: InvocationId) -> Option<Invocation<P>> {
        self.get(id)?;
        let invocation = self.invocations.remove(id.slot());
        self.leave(id, invocation.step, invocation.stage);
        if let Some(record) = &invocation.record {
            self.forget(record);
        }
        Some(invocation)
    }

    /// Takes back what an invocation has asked for.
    fn forget(&mut self, record: &Record<P>) {
        if let Some(timer) = record.due {
            self.timers.remove(timer);
        }
        for (_, wait) in record.waits.open() {
            self.close_wait(wait);
        }
    }

    /// Takes an invocation out of what it is doing.
    #[inline(always)]
    pub(super) fn leave(&mut self, id: InvocationId, step: StepId, stage: Stage) {
        let of = &mut self.steps[step.index()];
        match stage {
            Stage::Running => of.running -= 1,
            Stage::Waiting => self.suspended -= 1,
            Stage::Returning => of.returning.retain(|waits| *waits != id),
            // Its timer is taken back with the rest of its record.
            Stage::Retrying => {}
        }
    }
}
