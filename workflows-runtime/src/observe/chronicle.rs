//! Histories, written from what is told of a run.

use workflows_core::{Cause, History};

use super::events::{StepAttemptFailed, StepFinished, StepResumed, StepStarted, StepWaiting, Told};
use crate::{
    endings::{RunCancelled, RunFailed, RunLimitExceeded, RunStalled, RunTimedOut},
    stream::StreamEvent,
};

pub(super) fn note(history: &mut History, told: &Told) {
    match told {
        Told::StepStarted(told) => started(history, told),
        Told::StepFinished(told) => finished(history, told),
        Told::StepAttemptFailed(told) => failed(history, told),
        Told::StepWaiting(told) => history.note_wait(told.invocation, told.at),
        Told::StepResumed(told) => resumed(history, told),
        Told::RunIdle(_) | Told::RunPaused(_) | Told::RunResumed(_) | Told::EventUnhandled(_) => {}
    }
}

fn started(history: &mut History, told: &StepStarted) {
    let causes = told.events.iter().map(|taken| Cause {
        event: taken.event.clone(),
        from: taken.from,
        count: taken.count,
    });
    history.note_attempt(told.invocation, &told.step, causes.collect(), told.at);
}

fn finished(history: &mut History, told: &StepFinished) {
    let emitted = told.emitted.iter();
    let emitted = emitted.map(|given| (given.event.clone(), given.count));
    history.note_return(told.invocation, emitted.collect(), told.took, told.at);
}

fn failed(history: &mut History, told: &StepAttemptFailed) {
    let for_good = told.retry_in.is_none();
    let error = told.error.clone();
    history.note_failure(told.invocation, error, for_good, told.took, told.at);
}

fn resumed(history: &mut History, told: &StepResumed) {
    let cause = told.event.as_ref().map(|event| Cause {
        event: event.clone(),
        from: told.from,
        count: 1,
    });
    history.note_answer(told.invocation, cause, told.at);
}

/// Reads a history from a run's stream, where the run publishes its internal events.
impl Extend<StreamEvent> for History {
    fn extend<T: IntoIterator<Item = StreamEvent>>(&mut self, events: T) {
        for event in events {
            note_published(self, &event);
        }
    }
}

fn note_published(history: &mut History, event: &StreamEvent) {
    if let Some(told) = event.downcast_ref::<StepStarted>() {
        started(history, told);
    } else if let Some(told) = event.downcast_ref::<StepFinished>() {
        finished(history, told);
    } else if let Some(told) = event.downcast_ref::<StepAttemptFailed>() {
        failed(history, told);
    } else if let Some(told) = event.downcast_ref::<StepWaiting>() {
        history.note_wait(told.invocation, told.at);
    } else if let Some(told) = event.downcast_ref::<StepResumed>() {
        resumed(history, told);
    } else if let Some(told) = event.downcast_ref::<RunFailed>() {
        history.note_end(
            format!("failed in `{}`: {}", told.step, told.error),
            false,
            None,
        );
    } else if event.name() == "Stop" {
        history.note_end("stopped", true, None);
    } else if event.is::<RunStalled>() {
        history.note_end("stalled: nothing was left to do", false, None);
    } else if let Some(told) = event.downcast_ref::<RunLimitExceeded>() {
        history.note_end(&*told.error, false, None);
    } else if event.is::<RunCancelled>() {
        history.note_end("cancelled", false, None);
    } else if event.is::<RunTimedOut>() {
        history.note_end("timed out", false, None);
    }
}
