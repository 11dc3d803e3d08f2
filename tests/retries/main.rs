//! Attempts that fail: the next one, the step's timeout, the handler, and what an attempt leaves behind.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where it unwraps, in its steps too"
)]

use std::time::Duration;

use workflows::prelude::*;

mod attempts;
mod handlers;
mod inputs;
mod leftovers;
mod policies;

const SECOND: Duration = Duration::from_secs(1);

#[event]
struct Work(u32);

#[event]
struct Done(u32);

#[derive(Debug, thiserror::Error)]
#[error("status {0}")]
struct Status(u16);
