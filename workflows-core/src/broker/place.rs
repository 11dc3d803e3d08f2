//! Where a piece of work is: in which branch of which fan-out, and what it descends from.

use super::lineage::Lineage;

/// The top level of the run, or one branch of an open fan-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Scope {
    fan_out: u32,
    branch: u32,
}

impl Scope {
    pub(super) const ROOT: Self = Self {
        fan_out: u32::MAX,
        branch: 0,
    };

    /// A branch of the fan-out in slot `fan_out`.
    pub(super) fn branch_of(fan_out: usize, branch: usize) -> Self {
        const HELD: &str = "memory holds fewer than 2^32 fan-outs and branches";
        Self {
            fan_out: u32::try_from(fan_out).expect(HELD),
            branch: u32::try_from(branch).expect(HELD),
        }
    }

    /// The slot of the fan-out; `None` at the top level.
    pub(super) const fn fan_out(self) -> Option<usize> {
        if self.fan_out == u32::MAX {
            None
        } else {
            Some(self.fan_out as usize)
        }
    }

    pub(super) const fn branch(self) -> u32 {
        self.branch
    }
}

/// Where a piece of work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) scope: Scope,
    pub(super) lineage: Lineage,
}

impl Place {
    pub(super) const ROOT: Self = Self {
        scope: Scope::ROOT,
        lineage: Lineage::NONE,
    };
}
