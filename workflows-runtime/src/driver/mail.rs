//! What comes from outside of the driver: from the run's handle, and from the steps in the middle of their work.

use workflows_core::Input;

use super::Driver;
use crate::{
    mailbox::Message,
    session::Recorded,
    snapshot::{self, RunSnapshot, SnapshotError},
};

impl Driver<'_> {
    /// Answers those who want a snapshot. All that has happened is reduced at this moment.
    pub(super) fn answer_snapshots(&mut self) {
        for reply in std::mem::take(&mut self.snapshots) {
            // The one who asked may be gone.
            let _ = reply.send(self.snapshot());
        }
    }

    fn snapshot(&self) -> Recorded {
        let in_flight = self.broker.record(&|event| snapshot::write(&**event))?;
        let state = self.run.store.to_json().map_err(SnapshotError::State)?;
        let now = self.run.clock.now();
        let run = RunSnapshot {
            id: self.run.id(),
            taken_at: now,
            alive: self.budget.spent(now),
            timeout: self.budget.timeout(),
            stream: self.run.log.next(),
            in_flight,
        };
        Ok((run, state))
    }

    /// Takes what has been posted. A step's messages are taken before its result, in the order of what it did.
    pub(super) fn read_mailbox(&mut self) {
        if !self.run.mailbox.has_mail() {
            return;
        }
        // A wait begins when it is read.
        self.read_clock();
        for message in self.run.mailbox.take() {
            let input = match message {
                // Before whatever else has happened: it may be endless.
                Message::Cancel => {
                    self.inputs.push_front(Input::Cancelled);
                    continue;
                }
                Message::Snapshot(reply) => {
                    self.snapshots.push(reply);
                    continue;
                }
                Message::RunningSteps(reply) => {
                    let steps = self.broker.running_steps().into_iter();
                    // The one who asked may be gone.
                    let _ = reply.send(steps.map(|step| self.routes.step(step).name).collect());
                    continue;
                }
                Message::Pause => Input::Paused,
                Message::Resume => Input::Resumed,
                Message::Send(emission) => Input::Sent(emission),
                Message::Wait { invocation, wait } => Input::Waits { invocation, wait },
                Message::DropWait { invocation, key } => Input::WaitDropped { invocation, key },
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
            self.inputs.push_back(input);
        }
    }
}
