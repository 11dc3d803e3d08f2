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

/// How deep the levels of a value in a snapshot may go: `serde_json` reads 128, and a snapshot has some of its own.
const DEEPEST: usize = 100;

/// As [`of`]; an error also where no reader of JSON would go so deep.
pub(crate) fn readable(write: impl FnOnce() -> Result<Value, Error>) -> Result<Value, Error> {
    let value = of(write)?;
    if is_deeper(&value, DEEPEST) {
        return Err(Error::custom(format!(
            "it is nested more than {DEEPEST} levels deep, which readers of JSON refuse"
        )));
    }
    Ok(value)
}

fn is_deeper(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(|item| is_deeper(item, levels - 1)),
        Value::Object(fields) => {
            levels == 0 || fields.values().any(|field| is_deeper(field, levels - 1))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
