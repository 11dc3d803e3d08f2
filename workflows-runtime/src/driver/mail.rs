//! What comes from outside of the driver: from the run's handle, and from the steps in the middle of their work.

use workflows_core::{Input, Tick};

use super::Driver;
use crate::{
    json,
    mailbox::Message,
    session::Recorded,
    snapshot::{self, RunSnapshot, SnapshotError},
};

impl Driver<'_> {
    /// Answers those who want a snapshot.
    pub(super) fn answer_snapshots(&mut self) {
        for reply in std::mem::take(&mut self.snapshots) {
            // The one who asked may be gone.
            let _ = reply.send(self.snapshot());
        }
    }

    fn snapshot(&self) -> Recorded {
        let at = self.run.clock.now();
        let inputs = self.scratch.inputs.iter().cloned();
        let ticks = inputs.map(|input| Tick { at, input });
        let in_flight = self
            .broker
            .record_after(ticks, &|event| snapshot::write(&**event))?
            .ok_or(SnapshotError::Ended)?;
        let state = json::readable(|| self.run.store.to_json()).map_err(SnapshotError::State)?;
        let run = RunSnapshot {
            id: self.run.id(),
            taken_at: at,
            alive: self.budget.spent(at),
            timeout: self.budget.timeout(),
            stream: self.run.log.next(),
            in_flight,
        };
        Ok((run, state))
    }

    /// Takes what has been posted. What a step has posted is taken before its end.
    #[inline]
    pub(super) fn read_mailbox(&mut self) {
        if self.run.mailbox.has_mail() {
            self.receive_all();
        }
    }

    #[cold]
    fn receive_all(&mut self) {
        // A wait begins when it is read.
        self.read_clock();
        for message in self.run.mailbox.take() {
            self.receive(message);
        }
    }

    fn receive(&mut self, message: Message) {
        let inputs = &mut self.scratch.inputs;
        let input = match message {
            // Before whatever else has happened: it may be endless.
            Message::Cancel => return inputs.push_front(Input::Cancelled),
            Message::Snapshot(reply) => return self.snapshots.push(reply),
            Message::RunningSteps(reply) => {
                let steps = self.broker.running_steps().into_iter();
                let names = steps.map(|step| self.conditions.routes.step(step).name);
                // The one who asked may be gone.
                let _ = reply.send(names.collect());
                return;
            }
            Message::Pause => Input::Paused,
            Message::Resume => Input::Resumed,
            Message::Send(emission) => Input::Sent(emission),
            // An attempt that was given up may have posted it when the next one had begun.
            Message::Wait {
                invocation,
                failures,
                ..
            }
            | Message::DropWait {
                invocation,
                failures,
                ..
            } if !self.run.desk.is_present(invocation, failures) => return,
            Message::Wait {
                invocation, wait, ..
            } => Input::Waits { invocation, wait },
            Message::DropWait {
                invocation, key, ..
            } => Input::WaitDropped { invocation, key },
            Message::Emit { invocation, outbox } => Input::Emitted { invocation, outbox },
            Message::Record {
                invocation,
                key,
                value,
            } => Input::Recorded {
                invocation,
                key,
                value,
            },
        };
        inputs.push_back(input);
    }
}
