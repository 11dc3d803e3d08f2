//! Why there was no resource.

use std::{borrow::Cow, error::Error, sync::Arc};

use workflows_core::BoxError;

use super::config::ConfigError;

/// Why there was no resource.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResourceError {
    /// The factory failed. All who waited for it get the same error; who asks later has it try again.
    #[error("resource `{resource}` could not be made")]
    Failed {
        /// The factory.
        resource: Cow<'static, str>,
        /// Its own error.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The factory panicked.
    #[error("resource `{resource}` could not be made: its factory panicked: {message}")]
    Panicked {
        /// The factory.
        resource: Cow<'static, str>,
        /// What it said.
        message: String,
    },
    /// Resources that need each other.
    #[error("resources need each other: {}", arrows(chain))]
    Cycle {
        /// Who needs whom; the last is the first.
        chain: Vec<String>,
    },
    /// A config is not there, or not what the step wants.
    #[error(transparent)]
    Config(ConfigError),
    /// Asked for through a [`Resources`](crate::Resources) that was kept for longer than its runner and its runs.
    #[error("resource `{resource}` was asked for after the end of its runner")]
    RunnerGone {
        /// The resource.
        resource: Cow<'static, str>,
    },
}

impl ResourceError {
    pub(crate) fn failed(resource: &'static str, error: BoxError) -> Self {
        match error.downcast::<Self>() {
            // The chain says it all.
            Ok(error) if matches!(*error, Self::Cycle { .. }) => *error,
            Ok(error) => Self::Failed {
                resource: resource.into(),
                source: Arc::new(*error),
            },
            Err(error) => Self::Failed {
                resource: resource.into(),
                source: error.into(),
            },
        }
    }
}

fn arrows(chain: &[String]) -> String {
    let names: Vec<_> = chain.iter().map(|name| format!("`{name}`")).collect();
    names.join(" → ")
}
