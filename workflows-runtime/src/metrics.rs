//! Metrics of runs, through the [`metrics`](https://docs.rs/metrics) facade (feature `metrics`): whatever recorder the
//! program installs gets them.
//!
//! | name | kind | labels | counts |
//! |---|---|---|---|
//! | `workflows.runs.started` | counter | `workflow` | runs that began |
//! | `workflows.runs.ended` | counter | `workflow`, `ending` | runs that ended |
//! | `workflows.runs.active` | gauge | `workflow` | runs that have begun and not ended |
//! | `workflows.run.duration` | histogram, seconds | `workflow`, `ending` | from the start of a run to its end |
//! | `workflows.step.attempts` | counter | `workflow`, `step` | attempts that began |
//! | `workflows.step.retries` | counter | `workflow`, `step` | those of them that were not the first |
//! | `workflows.step.failures` | counter | `workflow`, `step`, `kind` | attempts that failed |
//! | `workflows.step.duration` | histogram, seconds | `workflow`, `step`, `outcome` | how long attempts took |
//! | `workflows.queue.depth` | gauge | `workflow` | events that wait for a worker of their step, in all runs |
//!
//! - `workflow`, `step`: their names.
//! - `ending`: `stopped`, `failed`, `stalled`, `exceeded`, `cancelled`, `timed_out`, or `dropped` where nobody awaits the
//!   run any more.
//! - `kind`: `error` or `panic`; `outcome`: `ok`, `error` or `panic`.

/// Runs that began.
pub const RUNS_STARTED: &str = "workflows.runs.started";
/// Runs that ended.
pub const RUNS_ENDED: &str = "workflows.runs.ended";
/// Runs that have begun and not ended.
pub const RUNS_ACTIVE: &str = "workflows.runs.active";
/// From the start of a run to its end.
pub const RUN_DURATION: &str = "workflows.run.duration";
/// Attempts that began.
pub const STEP_ATTEMPTS: &str = "workflows.step.attempts";
/// Those of them that were not the first.
pub const STEP_RETRIES: &str = "workflows.step.retries";
/// Attempts that failed.
pub const STEP_FAILURES: &str = "workflows.step.failures";
/// How long attempts took.
pub const STEP_DURATION: &str = "workflows.step.duration";
/// Events that wait for a worker of their step, in all runs.
pub const QUEUE_DEPTH: &str = "workflows.queue.depth";
