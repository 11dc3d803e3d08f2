//! A map that mostly holds one or two entries.

use std::{collections::BTreeMap, ops::Bound};

/// An ordered map that takes no more memory than its entries as long as there are few of them, and is a `BTreeMap` from
/// then on. A run that waits has several of these with one entry each.
#[derive(Clone, Debug)]
pub struct SmallMap<K, V>(Entries<K, V>);

#[derive(Clone, Debug)]
enum Entries<K, V> {
    /// In the order of their keys.
    Few(Vec<(K, V)>),
    Many(BTreeMap<K, V>),
}

/// The most entries in a `Vec`.
const FEW: usize = 8;

impl<K, V> Default for SmallMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> SmallMap<K, V> {
    /// One without entries, which allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self(Entries::Few(Vec::new()))
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match &self.0 {
            Entries::Few(few) => few.is_empty(),
            Entries::Many(many) => many.is_empty(),
        }
    }

    /// The entries, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        let (few, many) = match &self.0 {
            Entries::Few(few) => (Some(few), None),
            Entries::Many(many) => (None, Some(many)),
        };
        let few = few.into_iter().flatten().map(|(key, value)| (key, value));
        few.chain(many.into_iter().flat_map(|many| many.iter()))
    }

    /// The entries, in the order of their keys.
    #[must_use]
    pub fn into_entries(self) -> Vec<(K, V)> {
        match self.0 {
            Entries::Few(few) => few,
            Entries::Many(many) => many.into_iter().collect(),
        }
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

impl<K: Ord, V> SmallMap<K, V> {
    /// The value of `key`.
    pub fn get(&self, key: &K) -> Option<&V> {
        match &self.0 {
            Entries::Few(few) => Some(&few[place(few, key).ok()?].1),
            Entries::Many(many) => many.get(key),
        }
    }

    /// The value of `key`.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        match &mut self.0 {
            Entries::Few(few) => {
                let place = place(few, key).ok()?;
                Some(&mut few[place].1)
            }
            Entries::Many(many) => many.get_mut(key),
        }
    }

    /// The value of the first key that is greater than `key`.
    pub fn after(&self, key: &K) -> Option<&V> {
        match &self.0 {
            Entries::Few(few) => {
                let next = place(few, key).map_or_else(|next| next, |place| place + 1);
                few.get(next).map(|(_, value)| value)
            }
            Entries::Many(many) => {
                let mut later = many.range((Bound::Excluded(key), Bound::Unbounded));
                later.next().map(|(_, value)| value)
            }
        }
    }

    /// Puts a value in, in the place of the one that `key` had.
    pub fn insert(&mut self, key: K, value: V) {
        match &mut self.0 {
            Entries::Few(few) => match place(few, &key) {
                Ok(place) => few[place].1 = value,
                Err(place) if few.len() < FEW => {
                    if few.len() == few.capacity() {
                        few.reserve_exact(few.len().max(1));
                    }
                    few.insert(place, (key, value));
                }
                Err(_) => {
                    let mut many: BTreeMap<K, V> = few.drain(..).collect();
                    many.insert(key, value);
                    self.0 = Entries::Many(many);
                }
            },
            Entries::Many(many) => {
                many.insert(key, value);
            }
        }
    }

    /// Takes an entry out.
    pub fn remove(&mut self, key: &K) -> Option<(K, V)> {
        match &mut self.0 {
            Entries::Few(few) => {
                let place = place(few, key).ok()?;
                Some(few.remove(place))
            }
            Entries::Many(many) => many.remove_entry(key),
        }
    }
}

impl<K: Ord + Clone, V: Default> SmallMap<K, V> {
    /// The value of `key`, which is made where there is none.
    pub fn entry(&mut self, key: &K) -> &mut V {
        if self.get(key).is_none() {
            self.insert(key.clone(), V::default());
        }
        self.get_mut(key).expect("it has just been put in")
    }
}

/// Where the key is, or where it would be.
fn place<K: Ord, V>(few: &[(K, V)], key: &K) -> Result<usize, usize> {
    few.binary_search_by(|(other, _)| other.cmp(key))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_does_what_a_tree_does(acts in proptest::collection::vec((0..20_u8, any::<bool>()), 0..60)) {
            let (mut small, mut tree) = (SmallMap::new(), BTreeMap::new());
            for (n, (key, is_in)) in acts.into_iter().enumerate() {
                if is_in {
                    small.insert(key, n);
                    tree.insert(key, n);
                } else {
                    prop_assert_eq!(small.remove(&key), tree.remove_entry(&key));
                }
                prop_assert!(small.iter().eq(tree.iter()));
                prop_assert_eq!(small.is_empty(), tree.is_empty());
                prop_assert_eq!(small.get(&key).copied(), tree.get(&key).copied());
                let later = tree.range(key + 1..).next().map(|(_, value)| value);
                prop_assert_eq!(small.after(&key), later);
                prop_assert_eq!(small.get_mut(&key).copied(), tree.get(&key).copied());
            }
        }
    }
}
