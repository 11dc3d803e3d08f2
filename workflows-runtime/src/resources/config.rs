//! Config files: read once, taken apart by dotted paths.

use std::{error::Error, ffi::OsStr, future::Future, path::Path, sync::Arc};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{ResourceError, Resources};

/// Why there was no config.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("config file `{file}` cannot be read")]
    Read {
        /// The file.
        file: String,
        /// What the system says.
        source: Arc<std::io::Error>,
    },
    /// The file is not what its name says.
    #[error("config file `{file}` is not {format}")]
    Parse {
        /// The file.
        file: String,
        /// JSON or TOML.
        format: &'static str,
        /// What the parser says.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The file's name does not say what it is.
    #[error("config file `{file}` is neither `.json` nor `.toml`")]
    UnknownFormat {
        /// The file.
        file: String,
    },
    /// There is nothing at the path.
    #[error("config file `{file}` has no `{path}`: {found}")]
    Missing {
        /// The file.
        file: String,
        /// The dotted path.
        path: String,
        /// What is there instead.
        found: String,
    },
    /// What is at the path is not what the parameter takes.
    #[error("config file `{file}`{} is no `{expected}`: found {found}", at(path))]
    Mismatch {
        /// The file.
        file: String,
        /// The dotted path; empty for the whole file.
        path: String,
        /// The type of the parameter.
        expected: &'static str,
        /// What is there.
        found: String,
        /// What serde says.
        source: Arc<serde_json::Error>,
    },
}

impl ConfigError {
    /// What was given in place of a file is no JSON.
    pub(super) fn of_override(file: &str, error: serde_json::Error) -> Self {
        Self::Parse {
            file: file.to_owned(),
            format: "JSON",
            source: Arc::new(error),
        }
    }
}

/// What a parameter `#[resource(config = "…")]` can be: an `Arc` of what serde reads.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a config file",
    label = "not an `Arc` of a type that serde reads",
    note = "take the config as `Arc<T>`, where `T` implements `Deserialize`, as `#[data]` has it"
)]
#[doc(hidden)]
pub trait FromConfig: Sized {
    /// Reads it.
    fn read(
        resources: Resources,
        file: &'static str,
        path: &'static str,
    ) -> impl Future<Output = Result<Self, ResourceError>> + Send;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + Send + Sync + 'static> FromConfig for Arc<T> {
    async fn read(
        resources: Resources,
        file: &'static str,
        path: &'static str,
    ) -> Result<Self, ResourceError> {
        resources.config(file, path).await
    }
}

fn at(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!(" at `{path}`")
    }
}

/// Reads a file, on the blocking pool.
pub(super) async fn load(file: String) -> Result<Value, ConfigError> {
    let task = tokio::task::spawn_blocking(move || read_now(file));
    match task.await {
        Ok(read) => read,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => panic!("the runtime shuts down: {error}"),
        },
    }
}

fn read_now(file: String) -> Result<Value, ConfigError> {
    let extension = Path::new(&file).extension().and_then(OsStr::to_str);
    let (format, parse): (_, fn(&str) -> Parsed) = match extension {
        Some("json") => ("JSON", json),
        Some("toml") => ("TOML", toml),
        _ => return Err(ConfigError::UnknownFormat { file }),
    };
    match std::fs::read_to_string(&file) {
        Ok(text) => parse(&text).map_err(|source| ConfigError::Parse {
            file,
            format,
            source,
        }),
        Err(error) => Err(ConfigError::Read {
            file,
            source: Arc::new(error),
        }),
    }
}

/// What a parser makes of a text.
type Parsed = Result<Value, Arc<dyn Error + Send + Sync>>;

fn json(text: &str) -> Parsed {
    serde_json::from_str(text).map_err(|error| Arc::new(error) as _)
}

fn toml(text: &str) -> Parsed {
    let table: toml::Table = toml::from_str(text).map_err(|error| Arc::new(error) as Arc<_>)?;
    Ok(plain(toml::Value::Table(table)))
}

/// TOML as JSON; a date becomes its text.
fn plain(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(is) => is.into(),
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(values) => values.into_iter().map(plain).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, v)| (key, plain(v))).collect(),
    }
}

/// The part of a document at a dotted path, as a value.
pub(super) fn part<T: DeserializeOwned>(
    document: &Value,
    file: &str,
    path: &str,
) -> Result<T, ConfigError> {
    let value = select(document, path).map_err(|found| ConfigError::Missing {
        file: file.to_owned(),
        path: path.to_owned(),
        found,
    })?;
    T::deserialize(value).map_err(|error| ConfigError::Mismatch {
        file: file.to_owned(),
        path: path.to_owned(),
        expected: std::any::type_name::<T>(),
        found: described(value),
        source: Arc::new(error),
    })
}

/// What is at the path; or else what is where it leads astray.
fn select<'a>(document: &'a Value, path: &str) -> Result<&'a Value, String> {
    let mut value = document;
    let mut walked = "the file".to_owned();
    for key in path.split('.').filter(|_| !path.is_empty()) {
        let next = match value {
            Value::Array(values) => key.parse().ok().and_then(|index: usize| values.get(index)),
            other => other.get(key),
        };
        value = next.ok_or_else(|| format!("{walked} is {}", described(value)))?;
        walked = match walked.strip_suffix('`') {
            Some(walked) => format!("{walked}.{key}`"),
            None => format!("`{key}`"),
        };
    }
    Ok(value)
}

/// What a value is, for a message. Its contents may be secret, its keys are not.
fn described(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(_) => "a string".to_owned(),
        Value::Array(values) => format!("a list of {}", values.len()),
        Value::Object(table) if table.is_empty() => "a table without keys".to_owned(),
        Value::Object(table) => {
            let keys: Vec<_> = table.keys().map(|key| format!("`{key}`")).collect();
            format!("a table with {}", keys.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_leads_through_tables_and_lists() {
        let document = json!({ "a": [{ "b": 7 }] });
        assert_eq!(select(&document, "a.0.b"), Ok(&json!(7)));
        assert_eq!(select(&document, ""), Ok(&document));
    }

    #[test]
    fn a_path_that_leads_astray_says_where_and_what_is_there() {
        let document = json!({ "a": { "b": "text", "c": [1] } });
        let found = |path| select(&document, path).unwrap_err();
        assert_eq!(found("x"), "the file is a table with `a`");
        assert_eq!(found("a.x"), "`a` is a table with `b`, `c`");
        assert_eq!(found("a.b.x"), "`a.b` is a string");
        assert_eq!(found("a.c.1"), "`a.c` is a list of 1");
    }

    #[test]
    fn a_date_in_toml_is_its_text() {
        let document = toml("day = 2026-01-31\n[table]\nlist = [1, 2.5, true]").unwrap();
        assert_eq!(
            document,
            json!({ "day": "2026-01-31", "table": { "list": [1, 2.5, true] } })
        );
    }
}
