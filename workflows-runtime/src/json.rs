//! Writing what is the author's as JSON, in the task of a run.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::ser::Error as _;
use serde_json::{Error, Value};

use crate::invocation::panic_message;

/// The JSON of something; an error where its `Serialize` panics, so that the run goes on.
pub(crate) fn of(write: impl FnOnce() -> Result<Value, Error>) -> Result<Value, Error> {
    catch_unwind(AssertUnwindSafe(write)).unwrap_or_else(|panic| {
        let message = panic_message(&*panic);
        Err(Error::custom(format!(
            "its `Serialize` panicked: {message}"
        )))
    })
}
