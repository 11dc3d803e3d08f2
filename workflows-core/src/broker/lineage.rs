//! Lineages: how often the ancestors of an event were recovered by which handler.

use std::collections::BTreeMap;

use crate::routes::StepId;

/// Names a lineage of one run. The same history has the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lineage(u32);

impl Lineage {
    /// Nothing was recovered.
    pub(super) const NONE: Self = Self(0);
}

/// How often each handler has recovered something.
pub(super) type Recoveries = BTreeMap<StepId, u32>;

/// The lineages of a run. There is one more for each recovery that the handlers' limits allow, not for each event.
#[derive(Clone, Debug, Default)]
pub(super) struct Lineages {
    /// By number, without number 0, which has no recoveries.
    known: Vec<Recoveries>,
}

impl Lineages {
    pub(super) fn recoveries(&self, lineage: Lineage, handler: StepId) -> u32 {
        let known = self.get(lineage);
        known
            .and_then(|known| known.get(&handler))
            .copied()
            .unwrap_or(0)
    }

    pub(super) fn get(&self, lineage: Lineage) -> Option<&Recoveries> {
        self.known.get((lineage.0 as usize).checked_sub(1)?)
    }

    /// The lineage of what comes of one more recovery.
    pub(super) fn recovered(&mut self, lineage: Lineage, handler: StepId) -> Lineage {
        let mut recoveries = self.get(lineage).cloned().unwrap_or_default();
        *recoveries.entry(handler).or_default() += 1;
        self.of(recoveries)
    }

    /// The lineage of what comes of two events.
    pub(super) fn merged(&mut self, a: Lineage, b: Lineage) -> Lineage {
        if a == b || b == Lineage::NONE {
            return a;
        }
        let mut recoveries = self.get(b).cloned().unwrap_or_default();
        for (handler, count) in self.get(a).into_iter().flatten() {
            let merged = recoveries.entry(*handler).or_default();
            *merged = (*merged).max(*count);
        }
        self.of(recoveries)
    }

    pub(super) fn of(&mut self, recoveries: Recoveries) -> Lineage {
        if recoveries.is_empty() {
            return Lineage::NONE;
        }
        let known = self.known.iter().position(|known| *known == recoveries);
        let place = known.unwrap_or_else(|| {
            self.known.push(recoveries);
            self.known.len() - 1
        });
        Lineage(u32::try_from(place + 1).expect("memory holds fewer than 2^32 lineages"))
    }
}
