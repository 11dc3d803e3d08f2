//! Resources: what steps need besides events, made by factories.

use workflows::{ResourceError, StepError, prelude::*};

/// A workflow of one step, whose parameters come after the input and whose body says what it returns.
macro_rules! workflow_of {
    ($name:ident, ($($parameters:tt)*) -> $output:ty => $body:expr) => {
        struct $name;

        #[workflow]
        impl $name {
            #[step]
            async fn work(&self, Start(_): Start<()>, $($parameters)*) -> Result<Stop<$output>> {
                Ok(Stop($body))
            }
        }
    };
}

mod caching;
mod cancelling;
mod configs;
mod crowds;
mod cycles;
mod ending;
mod factories;
mod failures;
mod graph;
mod overrides;
mod places;

fn step_error(error: RunError) -> StepError {
    match error {
        RunError::Step(error) => error,
        other => panic!("{other}"),
    }
}

/// What the step failed with.
fn resource_error(error: RunError) -> ResourceError {
    let error = step_error(error);
    let resource = error.downcast_ref::<ResourceError>();
    resource.expect("a resource was missing").clone()
}
