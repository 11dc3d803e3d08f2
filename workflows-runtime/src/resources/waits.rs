//! Which factory waits for which: finds those that wait for each other before they do.

use std::collections::{BTreeMap, BTreeSet};

use super::{key::Key, pool::Name};

/// One running of a factory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BuildId(u64);

/// The factories that run, and what each waits for.
#[derive(Default)]
pub(crate) struct Waits {
    begun: u64,
    builds: BTreeMap<BuildId, Build>,
}

struct Build {
    key: Key,
    name: Name,
    waits_for: Vec<BuildId>,
}

impl Waits {
    /// A factory begins.
    pub(crate) fn begin(&mut self, key: Key, name: Name) -> BuildId {
        let id = BuildId(self.begun);
        self.begun += 1;
        let waits_for = Vec::new();
        let build = Build {
            key,
            name,
            waits_for,
        };
        self.builds.insert(id, build);
        id
    }

    /// A factory has ended, or was given up.
    pub(crate) fn end(&mut self, id: BuildId) {
        self.builds.remove(&id);
    }

    /// `asker` begins to wait for `build`.
    pub(crate) fn add(&mut self, asker: BuildId, build: BuildId) {
        if let Some(asker) = self.builds.get_mut(&asker) {
            asker.waits_for.push(build);
        }
    }

    /// `asker` waits no longer for `build`.
    pub(crate) fn remove(&mut self, asker: BuildId, build: BuildId) {
        if let Some(asker) = self.builds.get_mut(&asker)
            && let Some(place) = asker.waits_for.iter().position(|id| *id == build)
        {
            asker.waits_for.remove(place);
        }
    }

    /// Who needs whom, where one that makes `key` waits for `asker` already; the last is the first.
    pub(crate) fn cycle(&self, asker: BuildId, key: &Key) -> Option<Vec<Name>> {
        let mut makers = self.builds.iter().filter(|(_, build)| build.key == *key);
        let path = makers.find_map(|(id, _)| self.path(*id, asker))?;
        let names = path.iter().chain(path.first());
        let names = names.filter_map(|id| self.builds.get(id));
        Some(names.map(|build| build.name.clone()).collect())
    }

    /// The way from one factory to another that it waits for.
    fn path(&self, from: BuildId, to: BuildId) -> Option<Vec<BuildId>> {
        let mut seen = BTreeSet::from([from]);
        let mut open = vec![vec![from]];
        while let Some(path) = open.pop() {
            let last = path.last().copied()?;
            if last == to {
                return Some(path);
            }
            let next = self.builds.get(&last).map(|build| &build.waits_for);
            for id in next.into_iter().flatten() {
                if seen.insert(*id) {
                    let mut longer = path.clone();
                    longer.push(*id);
                    open.push(longer);
                }
            }
        }
        None
    }
}
