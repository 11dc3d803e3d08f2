//! Buffers that a driver needs only while it is polled: all runs of a thread share them, so that a run that waits keeps
//! none.

use std::{cell::Cell, collections::VecDeque};

use workflows_core::{Command, Input};

/// What has happened and is not reduced yet, and what the broker wants done.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) inputs: VecDeque<Input>,
    pub(super) commands: Vec<Command>,
}

/// The most entries of a buffer that is kept for the next run.
const MOST: usize = 1_024;

thread_local! {
    static SPARE: Cell<Scratch> = Cell::default();
}

impl Scratch {
    /// Those of the thread, where no run has them. A run that is polled by a step of another one has its own.
    pub(super) fn borrow() -> Self {
        SPARE.try_with(Cell::take).unwrap_or_default()
    }

    /// Whether there is nothing to keep.
    pub(super) fn is_empty(&self) -> bool {
        self.inputs.is_empty() && self.commands.is_empty()
    }

    /// Leaves the empty buffers for the next run.
    pub(super) fn give_back(self) {
        if self.inputs.capacity() <= MOST && self.commands.capacity() <= MOST {
            // A thread that ends needs none.
            let _ = SPARE.try_with(|spare| spare.set(self));
        }
    }
}
