//! The state that the steps of a run share.

mod dict;
mod path;

pub use self::{
    dict::DictState,
    path::{MAX_DEPTH, PathError},
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

/// The state of a workflow: annotate a struct with `#[state]`, or use [`DictState`].
///
/// The two path methods reach into the state by dotted paths such as `profile.address.zip` or `items.0`; a negative
/// number counts from the end of a list.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the state of a workflow",
    label = "not a state",
    note = "annotate the type with `#[state]`, which derives `Default`, `Clone` and serde",
    note = "`Context` without a type uses `DictState`, which holds any JSON"
)]
pub trait StateModel:
    Default + Clone + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The value at a path.
    ///
    /// # Errors
    /// Names the path and what was found where it ends.
    fn get_path(&self, path: &str) -> Result<Json, PathError> {
        path::get(&path::encode(self, path)?, path).cloned()
    }

    /// Replaces the value at a path.
    ///
    /// # Errors
    /// Names the path and what was found where it ends, or why the state does not take the value. The state is then
    /// as before.
    fn set_path(&mut self, path: &str, value: Json) -> Result<(), PathError> {
        *self = path::with(self, path, value)?;
        Ok(())
    }
}
