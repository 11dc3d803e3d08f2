//! Dotted paths into JSON.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value as Json};

/// The most segments of a path.
pub const MAX_DEPTH: usize = 1000;

/// Why a path leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// The path is empty or has an empty segment.
    #[error("path `{path}` has an empty segment")]
    EmptySegment {
        /// The whole path.
        path: String,
    },
    /// The path has more than [`MAX_DEPTH`] segments.
    #[error("the path has {depth} segments, more than {MAX_DEPTH}: it begins with `{start}`")]
    TooDeep {
        /// How many segments it has.
        depth: usize,
        /// Its first segments.
        start: String,
    },
    /// There is nothing at the path.
    #[error("path `{path}` not found: {at} is {found}, which has no `{segment}`")]
    NotFound {
        /// The whole path.
        path: String,
        /// The part that was found.
        at: String,
        /// What is there.
        found: String,
        /// The first segment that was not found.
        segment: String,
    },
    /// The state cannot hold the value, or the value cannot be read as the type that was asked for.
    #[error("path `{path}`: {reason}")]
    Mismatch {
        /// The whole path.
        path: String,
        /// What serde said.
        reason: String,
    },
}

impl PathError {
    /// The value at `path` does not fit, as serde says.
    pub fn mismatch(path: &str, error: &serde_json::Error) -> Self {
        Self::Mismatch {
            path: path.to_owned(),
            reason: error.to_string(),
        }
    }
}

/// The segments of a path, checked.
pub(super) fn segments(path: &str) -> Result<impl Iterator<Item = &str>, PathError> {
    let depth = path.split('.').count();
    if depth > MAX_DEPTH {
        let start = path.split('.').take(4).collect::<Vec<_>>().join(".");
        return Err(PathError::TooDeep { depth, start });
    }
    if path.split('.').any(str::is_empty) {
        return Err(PathError::EmptySegment {
            path: path.to_owned(),
        });
    }
    Ok(path.split('.'))
}

/// The value at a path.
pub(super) fn get<'a>(root: &'a Json, path: &str) -> Result<&'a Json, PathError> {
    get_from(root, path, 0)
}

/// The value at the rest of a path whose first `skip` segments led to `root`.
pub(super) fn get_from<'a>(root: &'a Json, path: &str, skip: usize) -> Result<&'a Json, PathError> {
    let mut at = root;
    for (depth, segment) in segments(path)?.enumerate().skip(skip) {
        at = child(at, segment).ok_or_else(|| not_found(path, depth, kind(at), segment))?;
    }
    Ok(at)
}

/// Puts a value at a path; objects that are missing on the way are made.
pub(super) fn set(root: &mut Json, path: &str, value: Json) -> Result<(), PathError> {
    set_from(root, path, 0, value)
}

/// Puts a value at the rest of a path whose first `skip` segments led to `root`.
pub(super) fn set_from(
    root: &mut Json,
    path: &str,
    skip: usize,
    value: Json,
) -> Result<(), PathError> {
    let mut at = root;
    for (depth, segment) in segments(path)?.enumerate().skip(skip) {
        if at.is_null() {
            *at = Json::Object(Map::new());
        }
        at = match at {
            Json::Object(object) => object.entry(segment).or_insert(Json::Null),
            Json::Array(list) => {
                let len = list.len();
                let item = index(segment, len).and_then(|index| list.get_mut(index));
                item.ok_or_else(|| not_found(path, depth, format!("a list of {len}"), segment))?
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
                return Err(not_found(path, depth, kind(at), segment));
            }
        };
    }
    *at = value;
    Ok(())
}

fn child<'a>(at: &'a Json, segment: &str) -> Option<&'a Json> {
    match at {
        Json::Object(object) => object.get(segment),
        Json::Array(list) => list.get(index(segment, list.len())?),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
    }
}

/// The index that a segment means in a list of `len`: negative numbers count from the end.
fn index(segment: &str, len: usize) -> Option<usize> {
    match segment.strip_prefix('-') {
        Some(back) => len.checked_sub(back.parse().ok().filter(|back| *back > 0)?),
        None => segment.parse().ok(),
    }
}

pub(super) fn not_found(path: &str, depth: usize, found: String, segment: &str) -> PathError {
    let at = path.split('.').take(depth).collect::<Vec<_>>().join(".");
    PathError::NotFound {
        path: path.to_owned(),
        at: if at.is_empty() {
            "the state".to_owned()
        } else {
            format!("`{at}`")
        },
        found,
        segment: segment.to_owned(),
    }
}

/// What a value is, in words.
fn kind(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => format!("the bool {value}"),
        Json::Number(value) => format!("the number {value}"),
        Json::String(_) => "a string".to_owned(),
        Json::Array(list) => format!("a list of {}", list.len()),
        Json::Object(object) => object_with(object.keys()),
    }
}

/// What an object with these keys is, in words.
pub(super) fn object_with<'a>(keys: impl ExactSizeIterator<Item = &'a String>) -> String {
    const SHOWN: usize = 8;
    let more = if keys.len() > SHOWN { ", …" } else { "" };
    let keys: Vec<_> = keys.take(SHOWN).map(String::as_str).collect();
    format!("an object with the keys [{}{more}]", keys.join(", "))
}

/// The state as JSON.
pub(super) fn encode<S: Serialize>(state: &S, path: &str) -> Result<Json, PathError> {
    serde_json::to_value(state).map_err(|error| PathError::mismatch(path, &error))
}

/// A copy of a typed state with a value at a path.
pub(super) fn with<S: Serialize + DeserializeOwned>(
    state: &S,
    path: &str,
    value: Json,
) -> Result<S, PathError> {
    let mut json = encode(state, path)?;
    set(&mut json, path, value)?;
    let next: S =
        serde_json::from_value(json).map_err(|error| PathError::mismatch(path, &error))?;
    // serde ignores fields that a struct does not have: what was set must be there afterwards.
    get(&encode(&next, path)?, path).map(|_| next)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_goes_through_objects_and_lists_from_both_ends() {
        let state = json!({"a": [{"b": 1}, {"b": 2}]});
        assert_eq!(get(&state, "a.0.b"), Ok(&json!(1)));
        assert_eq!(get(&state, "a.-1.b"), Ok(&json!(2)));
    }

    #[test]
    fn an_error_names_the_path_and_what_was_found() {
        let state = json!({"profile": {"name": "x"}});
        let error = get(&state, "profile.address.zip").unwrap_err().to_string();
        assert_eq!(
            error,
            "path `profile.address.zip` not found: `profile` is an object with the keys [name], which has no `address`"
        );
    }

    #[test]
    fn setting_makes_the_objects_on_the_way() {
        let mut state = json!({});
        set(&mut state, "a.b.c", json!(1)).unwrap();
        assert_eq!(state, json!({"a": {"b": {"c": 1}}}));
    }

    #[test]
    fn setting_behind_the_end_of_a_list_is_an_error() {
        let mut state = json!({"a": [1]});
        let error = set(&mut state, "a.1", json!(2)).unwrap_err().to_string();
        assert_eq!(
            error,
            "path `a.1` not found: `a` is a list of 1, which has no `1`"
        );
        assert_eq!(state, json!({"a": [1]}));
    }

    #[test]
    fn paths_are_at_most_a_thousand_segments_deep() {
        let path = |depth: usize| vec!["a"; depth].join(".");
        let mut state = json!({});
        assert_eq!(set(&mut state, &path(1000), json!(1)), Ok(()));
        assert_eq!(get(&state, &path(1000)), Ok(&json!(1)));
        assert!(matches!(
            get(&state, &path(1001)),
            Err(PathError::TooDeep { depth: 1001, .. })
        ));
    }

    #[test]
    fn empty_segments_are_refused() {
        for path in ["", ".", "a..b", "a."] {
            assert_eq!(
                get(&json!({}), path),
                Err(PathError::EmptySegment {
                    path: path.to_owned()
                })
            );
        }
    }
}
