//! Why a run had no result.

use std::{error::Error, fmt, time::Duration};

use workflows_core::{Ending, Failure, Limit, Routes, StepId};

/// Why a run had no result.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// A step failed.
    #[error(transparent)]
    Step(StepError),
    /// Nothing was left to do, and no step had returned `Stop`.
    #[error(
        "the run of `{workflow}` has nothing left to do, and no step returned `Stop`{}",
        waiting(waits)
    )]
    Stalled {
        /// The workflow.
        workflow: &'static str,
        /// For each join that had only some of its events: which came, and which it waits for. For each step that
        /// waits for an event that nothing can emit any more: which.
        waits: Vec<String>,
    },
    /// The run was cancelled through its handle.
    #[error("the run of `{workflow}` was cancelled{}", while_running(running))]
    Cancelled {
        /// The workflow.
        workflow: &'static str,
        /// The steps that were running.
        running: Vec<&'static str>,
    },
    /// The run took longer than its timeout.
    #[error(
        "the run of `{workflow}` took longer than {timeout:?}{}",
        while_running(running)
    )]
    TimedOut {
        /// The workflow.
        workflow: &'static str,
        /// The timeout.
        timeout: Duration,
        /// The steps that were running.
        running: Vec<&'static str>,
    },
    /// The run went beyond one of its [`Limits`](workflows_core::Limits).
    #[error("the run of `{workflow}` was ended: {limit} are not allowed")]
    LimitExceeded {
        /// The workflow.
        workflow: &'static str,
        /// Which limit.
        limit: Limit,
    },
    /// The tokio runtime was shut down while the run was under way.
    #[error(
        "the run of `{workflow}` was given up: the tokio runtime that it was started on has shut down"
    )]
    RuntimeShutDown {
        /// The workflow.
        workflow: &'static str,
    },
    /// A step returned a `Stop` of another type than the workflow's: one that no signature shows.
    #[error("the run of `{workflow}` ended with `{found}` instead of `Stop<{expected}>`")]
    WrongOutput {
        /// The workflow.
        workflow: &'static str,
        /// The type that the workflow declares.
        expected: &'static str,
        /// The event that came.
        found: String,
    },
}

fn waiting(waits: &[String]) -> String {
    waits.iter().map(|wait| format!("; {wait}")).collect()
}

fn while_running(steps: &[&str]) -> String {
    if steps.is_empty() {
        ", no step was running".to_owned()
    } else {
        format!(" while running {}", listed(steps))
    }
}

/// Names in backticks, with their number where they stand there more than once.
fn listed(names: &[&str]) -> String {
    let runs = names.chunk_by(|a, b| a == b);
    let words = runs.map(|run| match run {
        [name] => format!("`{name}`"),
        [name, ..] => format!("`{name}` ({} times)", run.len()),
        [] => String::new(),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Shows the whole chain of causes, so that a `main` that returns the error says what happened.
impl fmt::Debug for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", with_causes(self))
    }
}

/// An error and what caused it, in one line.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |error| (**error).source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

impl RunError {
    /// Makes the error of an ending; `None` for the good one.
    pub(crate) fn of(
        ending: Ending,
        routes: &Routes,
        timeout: Duration,
    ) -> Result<Box<dyn workflows_core::AnyEvent>, Self> {
        let workflow = routes.graph().name();
        let names = |steps: Vec<StepId>| {
            steps
                .into_iter()
                .map(|step| routes.step(step).name)
                .collect()
        };
        match ending {
            Ending::Stopped(event) => Ok(event),
            Ending::Failed {
                step,
                event,
                attempts,
                elapsed,
                failure,
            } => {
                let (step, event) = (routes.step(step).name, routes.event(event).name());
                let error = StepError::new(step, event, attempts, elapsed, failure);
                Err(Self::Step(error))
            }
            Ending::Exceeded(limit) => Err(Self::LimitExceeded { workflow, limit }),
            Ending::Stalled { joins, waits } => {
                let joins = joins.iter();
                let joins =
                    joins.map(|join| format!("join `{}` {join}", routes.step(join.step).name));
                let waits = waits.iter().map(|wait| {
                    let step = routes.step(wait.step).name;
                    format!("step `{step}` waits for {}", listed(&wait.events))
                });
                Err(Self::Stalled {
                    workflow,
                    waits: joins.chain(waits).collect(),
                })
            }
            Ending::Cancelled { running } => Err(Self::Cancelled {
                workflow,
                running: names(running),
            }),
            Ending::TimedOut { running } => Err(Self::TimedOut {
                workflow,
                timeout,
                running: names(running),
            }),
        }
    }
}

/// A step that failed for good.
#[derive(Clone)]
pub struct StepError {
    step: &'static str,
    event: &'static str,
    attempts: u32,
    elapsed: Duration,
    failure: Failure,
}

impl StepError {
    pub(crate) const fn new(
        step: &'static str,
        event: &'static str,
        attempts: u32,
        elapsed: Duration,
        failure: Failure,
    ) -> Self {
        Self {
            step,
            event,
            attempts,
            elapsed,
            failure,
        }
    }

    /// The name of the step.
    #[must_use]
    pub const fn step(&self) -> &'static str {
        self.step
    }

    /// The name of the event that it ran on; for a join the one that completed it, for a collection the one that
    /// opened the fan-out or made it enough.
    #[must_use]
    pub const fn event(&self) -> &'static str {
        self.event
    }

    /// How often it was tried.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The time from the beginning of the first attempt to the failure.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Whether the step panicked instead of returning an error.
    #[must_use]
    pub const fn is_panic(&self) -> bool {
        self.failure.is_panic()
    }

    /// The step's own error; for a panic, its message.
    #[must_use]
    pub fn cause(&self) -> &(dyn Error + Send + Sync + 'static) {
        &**self.failure.source()
    }

    /// The step's own error, where it is an `E`.
    #[must_use]
    pub fn downcast_ref<E: Error + 'static>(&self) -> Option<&E> {
        self.cause().downcast_ref()
    }
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            step,
            event,
            attempts,
            ..
        } = self;
        let verb = if self.is_panic() {
            "panicked"
        } else {
            "failed"
        };
        let times = if *attempts == 1 {
            String::new()
        } else {
            format!(" {attempts} times")
        };
        let cause = self.cause();
        write!(f, "step `{step}` {verb}{times} on event `{event}`: {cause}")
    }
}

impl fmt::Debug for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", with_causes(self))
    }
}

/// The message says what [`cause`](StepError::cause) says, so the source is what lies behind that.
impl Error for StepError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause().source()
    }
}
