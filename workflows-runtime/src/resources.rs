//! Resources: what steps need besides events, made by factories, once for a runner.

mod closing;
mod config;
mod error;
mod factory;
mod key;
mod pool;
mod threshold;
mod waits;

use std::{
    borrow::Cow,
    fmt,
    future::Future,
    sync::{Arc, Weak},
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use workflows_core::BoxError;

pub use self::{
    closing::{Closed, Closing, ShutdownError},
    config::{ConfigError, FromConfig},
    error::ResourceError,
    factory::{Factory, Function, Made, Product, how},
};
use self::{
    key::{Key, factory_name},
    pool::{AnyMade, AnyResource, Given, Kept, Making, Wanted},
    waits::BuildId,
};
pub(crate) use self::{pool::Pool, threshold::Threshold};

/// The resources of a runner, as a factory sees them: what it takes to need others.
///
/// `async fn make_search(resources: Resources) -> Result<Search>` asks for another one with
/// `let db: Arc<Db> = resources.get(make_db).await?`.
#[derive(Clone)]
pub struct Resources {
    /// A resource may keep this, and the runner keeps the resource.
    pool: Weak<Pool>,
    asker: Option<BuildId>,
}

impl Resources {
    pub(crate) fn new(pool: &Arc<Pool>, asker: Option<BuildId>) -> Self {
        let pool = Arc::downgrade(pool);
        Self { pool, asker }
    }

    /// The runner's one resource of this factory, made now if nobody has asked before.
    ///
    /// The type that is wanted is to be said, as in `let db: Arc<Db> = resources.get(make_db).await?`.
    ///
    /// # Errors
    /// The factory fails or panics, or it waits for the one that asks.
    ///
    /// # Cancel safety
    /// Others who wait for the same resource are not disturbed; the last to go takes the unfinished work along.
    pub async fn get<P: 'static, F: Factory<P, How>, How: 'static>(
        &self,
        factory: F,
    ) -> Result<P, ResourceError> {
        let wanted = wanted(factory);
        let pool = self.pool(&wanted.name)?;
        let resource = pool.get(self.asker, wanted).await?;
        Ok(F::handle(typed(resource)))
    }

    /// A resource of one's own: made now, and kept by nobody else.
    ///
    /// # Errors
    /// As for [`get`](Self::get).
    ///
    /// # Cancel safety
    /// The unfinished work is dropped.
    pub async fn make<P: 'static, F: Factory<P, How>, How: 'static>(
        &self,
        factory: F,
    ) -> Result<P, ResourceError> {
        let wanted = wanted(factory);
        let pool = self.pool(&wanted.name)?;
        let resource = pool.make(self.asker, wanted).await?;
        Ok(F::handle(typed(resource)))
    }

    /// What stands at the dotted `path` of a config file, as `#[resource(config = "…", path = "…")]` gives it to a step;
    /// the empty path is the whole file.
    ///
    /// # Errors
    /// The file cannot be read, or has no such value there.
    ///
    /// # Cancel safety
    /// As for [`get`](Self::get).
    pub async fn config<T: DeserializeOwned + Send + Sync + 'static>(
        &self,
        file: impl Into<Cow<'static, str>>,
        path: impl Into<Cow<'static, str>>,
    ) -> Result<Arc<T>, ResourceError> {
        let (file, path) = (file.into(), path.into());
        let name = file.clone();
        let pool = self.pool(&name)?;
        let key = Key::Config {
            file: file.clone(),
            path: path.clone(),
            makes: std::any::TypeId::of::<T>(),
        };
        let make = |resources| -> Making { Box::pin(make_config::<T>(resources, file, path)) };
        let wanted = Wanted { key, name, make };
        Ok(typed(pool.get(self.asker, wanted).await?))
    }

    fn pool(&self, name: &str) -> Result<Arc<Pool>, ResourceError> {
        let pool = self.pool.upgrade();
        pool.ok_or_else(|| ResourceError::RunnerGone {
            resource: name.to_owned().into(),
        })
    }
}

impl fmt::Debug for Resources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resources").finish_non_exhaustive()
    }
}

fn wanted<P: 'static, F: Factory<P, How>, How: 'static>(
    factory: F,
) -> Wanted<impl FnOnce(Resources) -> Making + Send + 'static> {
    let name = factory_name::<F>();
    Wanted {
        key: Key::factory::<F, F::Resource>(),
        name: name.into(),
        make: move |resources| making(name, factory.make(resources)),
    }
}

/// The work of a factory whose types are forgotten.
fn making<T: Send + Sync + 'static>(
    name: &'static str,
    made: impl Future<Output = Result<Made<T>, BoxError>> + Send + 'static,
) -> Making {
    Box::pin(async move {
        let made = made.await;
        let Made { resource, closer } = made.map_err(|error| ResourceError::failed(name, error))?;
        Ok(AnyMade { resource, closer })
    })
}

fn typed<T: Send + Sync + 'static>(resource: AnyResource) -> Arc<T> {
    let typed = resource.downcast();
    typed.expect("the key of a resource holds its type")
}

async fn make_config<T: DeserializeOwned + Send + Sync + 'static>(
    resources: Resources,
    file: Cow<'static, str>,
    path: Cow<'static, str>,
) -> Result<AnyMade, ResourceError> {
    let pool = resources.pool(&file)?;
    let name = file.to_string();
    let wanted = Wanted {
        key: Key::File(file.clone()),
        name: file.clone(),
        make: |_| -> Making { Box::pin(read(name)) },
    };
    let document: Arc<Value> = typed(pool.get(resources.asker, wanted).await?);
    let part: T = config::part(&document, &file, &path).map_err(ResourceError::Config)?;
    Ok(AnyMade::of(part))
}

async fn read(file: String) -> Result<AnyMade, ResourceError> {
    let document = config::load(file).await.map_err(ResourceError::Config)?;
    Ok(AnyMade::of(document))
}

impl AnyMade {
    fn of<T: Send + Sync + 'static>(resource: T) -> Self {
        Self {
            resource: Arc::new(resource),
            closer: None,
        }
    }
}

/// What a runner is given in place of what factories would make.
#[derive(Default)]
pub(crate) struct Overrides(Vec<(Key, Given)>);

impl Overrides {
    pub(crate) fn resource<F: 'static, T: Send + Sync + 'static>(&mut self, resource: T) {
        let given = Given::Resource(Arc::new(resource));
        self.0.push((Key::factory::<F, T>(), given));
    }

    pub(crate) fn factory<F: 'static, T, Fut>(
        &mut self,
        factory: impl Fn(Resources) -> Fut + Send + Sync + 'static,
    ) where
        T: Send + Sync + 'static,
        Fut: Future<Output = Result<T, BoxError>> + Send + 'static,
    {
        let name = factory_name::<F>();
        let factory = move |resources| {
            let made = factory(resources);
            making(name, async move { Ok(Made::new(made.await?)) })
        };
        let given = Given::Factory(Arc::new(factory));
        self.0.push((Key::factory::<F, T>(), given));
    }

    pub(crate) fn config(&mut self, file: Cow<'static, str>, document: &impl Serialize) {
        let given = match serde_json::to_value(document) {
            Ok(document) => Given::Resource(Arc::new(document)),
            Err(error) => {
                let error = ConfigError::of_override(&file, error);
                Given::Factory(Arc::new(move |_| {
                    let error = ResourceError::Config(error.clone());
                    Box::pin(std::future::ready(Err(error)))
                }))
            }
        };
        self.0.push((Key::File(file), given));
    }

    pub(crate) fn into_pool(self) -> Pool {
        Pool::new(self.0)
    }
}

/// Closes what was made, the last one first.
pub(crate) async fn shut_down(pool: &Pool) -> Result<(), ShutdownError> {
    let mut failures = Vec::new();
    while let Some(kept) = pool.take_last() {
        let Kept {
            name,
            resource,
            closer,
            ..
        } = kept;
        if let Some(closer) = closer
            && let Err(error) = closing::close(closer).await
        {
            failures.push((name, error));
        }
        drop(resource);
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(ShutdownError { failures })
    }
}
