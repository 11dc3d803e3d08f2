//! What a run measures of itself; [`crate::metrics`] lists the names.

use std::time::Duration;

use ::metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

use crate::metrics::{
    QUEUE_DEPTH, RUN_DURATION, RUNS_ACTIVE, RUNS_ENDED, RUNS_STARTED, STEP_ATTEMPTS, STEP_DURATION,
    STEP_FAILURES, STEP_RETRIES,
};

/// What a run has counted.
pub(super) struct Meter {
    workflow: &'static str,
    /// How much of the queue's depth is this run's.
    queued: usize,
    has_ended: bool,
    elapsed: Duration,
}

impl Meter {
    pub(super) const IS_ON: bool = true;

    pub(super) fn begin(workflow: &'static str) -> Self {
        describe();
        counter!(RUNS_STARTED, "workflow" => workflow).increment(1);
        gauge!(RUNS_ACTIVE, "workflow" => workflow).increment(1.0);
        Self {
            workflow,
            queued: 0,
            has_ended: false,
            elapsed: Duration::ZERO,
        }
    }

    pub(super) fn attempt(&self, step: &'static str, attempt: u32) {
        let Self { workflow, .. } = *self;
        let attempts = counter!(STEP_ATTEMPTS, "workflow" => workflow, "step" => step);
        attempts.increment(1);
        if attempt > 1 {
            let retries = counter!(STEP_RETRIES, "workflow" => workflow, "step" => step);
            retries.increment(1);
        }
    }

    pub(super) fn returned(&self, step: &'static str, took: Duration) {
        self.over(step, "ok", took);
    }

    pub(super) fn failed(&self, step: &'static str, is_panic: bool, took: Duration) {
        let Self { workflow, .. } = *self;
        let kind = if is_panic { "panic" } else { "error" };
        let failures = counter!(
            STEP_FAILURES, "workflow" => workflow, "step" => step, "kind" => kind
        );
        failures.increment(1);
        self.over(step, kind, took);
    }

    fn over(&self, step: &'static str, outcome: &'static str, took: Duration) {
        let durations = histogram!(
            STEP_DURATION,
            "workflow" => self.workflow, "step" => step, "outcome" => outcome
        );
        durations.record(took);
    }

    pub(super) fn queue(&mut self, depth: usize) {
        if depth != self.queued {
            let more = depth as f64 - self.queued as f64;
            gauge!(QUEUE_DEPTH, "workflow" => self.workflow).increment(more);
            self.queued = depth;
        }
    }

    pub(super) fn end(&mut self, ending: &'static str, elapsed: Duration) {
        let workflow = self.workflow;
        self.has_ended = true;
        self.queue(0);
        gauge!(RUNS_ACTIVE, "workflow" => workflow).decrement(1.0);
        let ended = counter!(RUNS_ENDED, "workflow" => workflow, "ending" => ending);
        ended.increment(1);
        let durations = histogram!(RUN_DURATION, "workflow" => workflow, "ending" => ending);
        durations.record(elapsed);
    }

    /// The time of the run, for the case that nothing more comes of it.
    pub(super) const fn goes_on(&mut self, elapsed: Duration) {
        self.elapsed = elapsed;
    }
}

/// A run that nobody awaits any more ends too.
impl Drop for Meter {
    fn drop(&mut self) {
        if !self.has_ended {
            self.end("dropped", self.elapsed);
        }
    }
}

fn describe() {
    describe_counter!(RUNS_STARTED, "Runs that began");
    describe_counter!(RUNS_ENDED, "Runs that ended, by ending");
    describe_gauge!(RUNS_ACTIVE, "Runs that have begun and not ended");
    describe_counter!(STEP_ATTEMPTS, "Attempts of steps that began");
    describe_counter!(STEP_RETRIES, "Attempts that were not the first");
    describe_counter!(STEP_FAILURES, "Attempts that failed");
    let seconds = Unit::Seconds;
    describe_histogram!(RUN_DURATION, seconds, "From the start of a run to its end");
    describe_histogram!(STEP_DURATION, seconds, "How long attempts took");
    describe_gauge!(QUEUE_DEPTH, "Events that wait for a worker of their step");
}
