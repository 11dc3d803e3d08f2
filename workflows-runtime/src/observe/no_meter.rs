//! Metrics that are switched off.

use std::time::Duration;

/// Counts nothing.
pub(super) struct Meter;

impl Meter {
    pub(super) const IS_ON: bool = false;

    pub(super) const fn begin(_: &'static str) -> Self {
        Self
    }

    pub(super) const fn attempt(&self, _: &'static str, _: u32) {}

    pub(super) const fn returned(&self, _: &'static str, _: Duration) {}

    pub(super) const fn failed(&self, _: &'static str, _: bool, _: Duration) {}

    pub(super) const fn queue(&mut self, _: usize) {}

    pub(super) const fn end(&mut self, _: &'static str, _: Duration) {}

    pub(super) const fn goes_on(&mut self, _: Duration) {}
}
