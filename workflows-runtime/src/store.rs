//! The state that the steps of a run share.

use std::{
    any::Any,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Serialize, de::DeserializeOwned};
use workflows_core::{PathError, StateModel};

use crate::desk::Edit;

/// Why the state could not be read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// A path leads nowhere, or the value there has another type.
    #[error(transparent)]
    Path(#[from] PathError),
}

/// The state of a run, shared by its steps: `ctx.store()`.
///
/// Readers never wait for each other and see a consistent state; edits happen one after the other.
pub struct Store<S> {
    state: Mutex<Arc<S>>,
}

impl<S: StateModel> Store<S> {
    pub(crate) fn new(state: S) -> Self {
        Self {
            state: Mutex::new(Arc::new(state)),
        }
    }

    /// The state as it is now. Cheap: later edits do not change what was returned.
    ///
    /// # Errors
    /// None with the state in memory.
    ///
    /// # Cancel safety
    /// Reads only.
    pub async fn get_state(&self) -> Result<Arc<S>, StateError> {
        Ok(Arc::clone(&self.lock()))
    }

    /// Replaces the state.
    ///
    /// # Errors
    /// None with the state in memory.
    ///
    /// # Cancel safety
    /// Happens whole or not at all.
    pub async fn set_state(&self, state: S) -> Result<(), StateError> {
        self.replace(state);
        Ok(())
    }

    pub(crate) fn replace(&self, state: S) {
        *self.lock() = Arc::new(state);
    }

    /// Resets the state to its default.
    ///
    /// # Errors
    /// None with the state in memory.
    ///
    /// # Cancel safety
    /// Happens whole or not at all.
    pub async fn clear(&self) -> Result<(), StateError> {
        self.set_state(S::default()).await
    }

    /// Changes the state: atomically, at once, and not at all where `edit` panics.
    ///
    /// `edit` works on a copy, so the cost is that of cloning the state; keep large parts of it in an `Arc` or in a
    /// persistent collection, or use [`edit_in_place`](Self::edit_in_place). For an edit that can fail there is
    /// [`try_edit_state`](Self::try_edit_state).
    ///
    /// Other edits wait meanwhile: `edit` must not use the store itself, which would wait for its own end.
    ///
    /// # Errors
    /// None with the state in memory.
    ///
    /// # Cancel safety
    /// Happens whole or not at all.
    pub async fn edit_state<R>(&self, edit: impl FnOnce(&mut S) -> R) -> Result<R, StateError> {
        let mut state = self.lock();
        let mut next = S::clone(&state);
        let result = edit(&mut next);
        replace(&mut state, next);
        Ok(result)
    }

    /// Changes the state: atomically, at once, and not at all where `edit` returns `Err` or panics.
    ///
    /// # Errors
    /// What `edit` returns.
    ///
    /// # Cancel safety
    /// Happens whole or not at all.
    pub async fn try_edit_state<R, E>(
        &self,
        edit: impl FnOnce(&mut S) -> Result<R, E>,
    ) -> Result<R, E> {
        let mut state = self.lock();
        let mut next = S::clone(&state);
        let result = edit(&mut next)?;
        replace(&mut state, next);
        Ok(result)
    }

    /// Changes the state where it lies, without the copy that [`edit_state`](Self::edit_state) makes: for edits of a large
    /// state that cannot fail. An `edit` that panics leaves what it has done so far.
    ///
    /// Copies only while somebody holds what [`get_state`](Self::get_state) returned, which never changes.
    ///
    /// # Errors
    /// None with the state in memory.
    ///
    /// # Cancel safety
    /// Happens whole or not at all.
    pub async fn edit_in_place<R>(&self, edit: impl FnOnce(&mut S) -> R) -> Result<R, StateError> {
        Ok(edit(Arc::make_mut(&mut self.lock())))
    }

    /// The value at a dotted path such as `profile.address.zip` or `items.0`.
    ///
    /// # Errors
    /// Names the path and what was found where it ends, or why the value is no `T`.
    ///
    /// # Cancel safety
    /// Reads only.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, StateError> {
        let state = self.get_state().await?;
        let value = state.get_path(path)?;
        Ok(serde_json::from_value(value).map_err(|error| PathError::mismatch(path, &error))?)
    }

    /// The value at a dotted path, or `default` where there is nothing.
    ///
    /// # Errors
    /// The value is no `T`, or the path itself is malformed.
    ///
    /// # Cancel safety
    /// Reads only.
    pub async fn get_or<T: DeserializeOwned>(
        &self,
        path: &str,
        default: T,
    ) -> Result<T, StateError> {
        match self.get(path).await {
            Err(StateError::Path(PathError::NotFound { .. })) => Ok(default),
            result => result,
        }
    }

    /// Replaces the value at a dotted path; objects that are missing on the way are made.
    ///
    /// # Errors
    /// Names the path and what was found where it ends, or why the state does not take the value. The state is then
    /// as before.
    ///
    /// # Cancel safety
    /// Happens whole or not at all.
    pub async fn set(&self, path: &str, value: impl Serialize) -> Result<(), StateError> {
        let value =
            serde_json::to_value(value).map_err(|error| PathError::mismatch(path, &error))?;
        Ok(self
            .try_edit_state(|state| state.set_path(path, value))
            .await?)
    }

    fn lock(&self) -> MutexGuard<'_, Arc<S>> {
        // An edit that panicked has not touched the state, or was told to do so in place.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A store whose type is forgotten.
pub(crate) trait AnyStore: Send + Sync {
    fn as_any(&self) -> &dyn Any;
    /// Makes all of the edits, or none where one of them panics.
    fn edit(&self, edits: Vec<Edit>);
    fn to_json(&self) -> Result<serde_json::Value, serde_json::Error>;
}

impl<S: StateModel> AnyStore for Store<S> {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn edit(&self, edits: Vec<Edit>) {
        if edits.is_empty() {
            return;
        }
        let mut state = self.lock();
        let mut next = S::clone(&state);
        edits.into_iter().for_each(|edit| edit(&mut next));
        replace(&mut state, next);
    }

    fn to_json(&self) -> Result<serde_json::Value, serde_json::Error> {
        let state = Arc::clone(&self.lock());
        serde_json::to_value(&*state)
    }
}

/// Puts the next state in place, without an allocation where nobody holds the one before.
fn replace<S>(state: &mut Arc<S>, next: S) {
    match Arc::get_mut(state) {
        Some(state) => *state = next,
        None => *state = Arc::new(next),
    }
}

impl<S: fmt::Debug> fmt::Debug for Store<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_tuple("Store").field(&*state).finish()
    }
}
