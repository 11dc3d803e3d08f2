#![doc = include_str!("../README.md")]

extern crate self as workflows;

#[doc(hidden)]
pub mod __private;

pub use workflows_core::*;
pub use workflows_runtime::*;

#[cfg(feature = "macros")]
pub use workflows_macros::{EventUnion, catch_error, data, event, state, step, workflow};

/// The block form of `#[workflow]`.
#[cfg(feature = "macros")]
pub mod block {
    pub use workflows_macros::workflow_block as workflow;
}

#[cfg(feature = "otel")]
pub mod otel;

/// The result of a step: any error goes.
pub type Result<T, E = BoxError> = std::result::Result<T, E>;

/// Everything that a module with a workflow in it needs.
pub mod prelude {
    pub use crate::{
        Context, DictState, Emitter, OneOf, Resources, Result, Retry, Run, RunError, RunHandle,
        Runner, Start, StepFailed, Stop, Waiter, Workflow,
    };
    #[cfg(feature = "macros")]
    pub use crate::{EventUnion, catch_error, data, event, state, step, workflow};
}

/// One of several events: `OneOf![A | B]`, or `OneOf![Name = A | B]`. Understood in the signature of a `#[step]`.
#[macro_export]
macro_rules! OneOf {
    ($($tokens:tt)*) => {
        ::core::compile_error!(
            "`OneOf![A | B]` stands in the signature of a `#[step]`; elsewhere name the enum that it declares there: \
             `<Step>Input`, `<Step>Output` or `<Step>Emits` in the body of the step, `<Workflow><Step>Input` and so on \
             beside the block, `Name` everywhere for `OneOf![Name = A | B]`; or write an enum with `#[derive(EventUnion)]`"
        )
    };
}
