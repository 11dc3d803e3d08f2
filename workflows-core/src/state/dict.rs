//! State without a type: any JSON under any key.

use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::state::{
    StateModel,
    path::{self, PathError},
};

/// State without a type of its own: any JSON under any key. What a `Context` without a type holds.
///
/// A copy shares what both have in common, so snapshots and edits stay cheap however many keys there are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DictState(OrdMap<String, Json>);

impl DictState {
    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.0.get(key)
    }

    /// The value of a key, for changing it in place.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Json> {
        self.0.get_mut(key)
    }

    /// Puts a value under a key and gives the one that was there.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Json>) -> Option<Json> {
        self.0.insert(key.into(), value.into())
    }

    /// The value of a key, `default` where there is none yet, for changing it in place.
    pub fn entry_or(&mut self, key: impl Into<String>, default: impl Into<Json>) -> &mut Json {
        self.0.entry(key.into()).or_insert_with(|| default.into())
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &str) -> Option<Json> {
        self.0.remove(key)
    }

    /// Whether there is a key.
    #[must_use]
    pub fn contains_key(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// The keys and values, ordered by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[diagnostic::do_not_recommend]
impl StateModel for DictState {
    fn get_path(&self, path: &str) -> Result<Json, PathError> {
        let key = path::segments(path)?.next().unwrap_or_default();
        match self.0.get(key) {
            Some(root) => path::get_from(root, path, 1).cloned(),
            None => {
                let keys: Vec<_> = self.0.keys().collect();
                Err(path::not_found(
                    path,
                    0,
                    path::object_with(keys.into_iter()),
                    key,
                ))
            }
        }
    }

    fn set_path(&mut self, path: &str, value: Json) -> Result<(), PathError> {
        let key = path::segments(path)?.next().unwrap_or_default();
        let mut root = self.0.get(key).cloned().unwrap_or(Json::Null);
        path::set_from(&mut root, path, 1, value)?;
        self.0.insert(key.to_owned(), root);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_begin_at_a_key() {
        let mut state = DictState::default();
        state
            .set_path("profile.address.zip", json!("1010"))
            .unwrap();
        assert_eq!(state.get_path("profile.address.zip"), Ok(json!("1010")));
        assert_eq!(
            state.get("profile"),
            Some(&json!({"address": {"zip": "1010"}}))
        );
    }

    #[test]
    fn a_missing_key_is_named_with_the_keys_that_there_are() {
        let state: DictState = serde_json::from_value(json!({"count": 1})).unwrap();
        let error = state.get_path("total").unwrap_err().to_string();
        assert_eq!(
            error,
            "path `total` not found: the state is an object with the keys [count], which has no `total`"
        );
    }

    #[test]
    fn a_failed_set_changes_nothing() {
        let mut state = DictState::default();
        state.insert("count", 1);
        assert!(state.set_path("count.deeper", json!(2)).is_err());
        assert_eq!(state.get("count"), Some(&json!(1)));
    }
}
