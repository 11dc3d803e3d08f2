//! The resources of a runner.
//!
//! Invariants:
//! 1. What is wanted by many at once is made once. The factory's future is shared: whoever is polled drives it, and it
//!    is dropped with the last of them, so that nobody is stuck behind one who gave up.
//! 2. A failure is kept for those who waited, and for nobody else.
//! 3. No factory waits for itself, through others or not ([`Waits`]).
//! 4. The last that was made is dropped first.
//! 5. No code of the author's runs under the lock, destructors included.

use std::{
    any::Any,
    borrow::Cow,
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared, WeakShared},
};

use super::{
    Resources,
    closing::Closer,
    error::ResourceError,
    key::Key,
    waits::{BuildId, Waits},
};
use crate::invocation::panic_message;

pub(crate) type AnyResource = Arc<dyn Any + Send + Sync>;
type Built = Result<AnyResource, ResourceError>;
type Building = BoxFuture<'static, Built>;

/// A new resource whose type is forgotten.
pub(crate) struct AnyMade {
    pub(crate) resource: AnyResource,
    pub(crate) closer: Option<Closer>,
}

/// What a factory comes to.
pub(crate) type Making = BoxFuture<'static, Result<AnyMade, ResourceError>>;
type Make = Box<dyn FnOnce(Resources) -> Making + Send>;

/// A resource that somebody wants, and what makes it.
pub(crate) struct Wanted<M> {
    pub(crate) key: Key,
    pub(crate) name: Name,
    pub(crate) make: M,
}

/// What a message calls a resource.
pub(crate) type Name = Cow<'static, str>;

/// What a runner was given in place of what a factory would make.
pub(crate) enum Given {
    Resource(AnyResource),
    Factory(Arc<dyn Fn(Resources) -> Making + Send + Sync>),
}

#[derive(Default)]
pub(crate) struct Pool {
    given: Vec<(Key, Given)>,
    shelf: Mutex<Shelf>,
}

#[derive(Default)]
struct Shelf {
    slots: BTreeMap<Key, Slot>,
    /// In the order of their making.
    made: Vec<Kept>,
    waits: Waits,
}

enum Slot {
    Ready(AnyResource),
    Building {
        id: BuildId,
        building: WeakShared<Building>,
    },
}

pub(crate) struct Kept {
    key: Key,
    pub(crate) name: Name,
    pub(crate) resource: AnyResource,
    pub(crate) closer: Option<Closer>,
}

enum Found {
    Ready(AnyResource),
    Building(Shared<Building>, Option<Wait>),
}

impl Pool {
    pub(crate) fn new(given: Vec<(Key, Given)>) -> Self {
        Self {
            given,
            shelf: Mutex::default(),
        }
    }

    /// The one resource of this key; `asker` is the factory that wants it.
    pub(crate) async fn get(
        self: &Arc<Self>,
        asker: Option<BuildId>,
        wanted: Wanted<impl FnOnce(Resources) -> Making + Send + 'static>,
    ) -> Built {
        match self.find(asker, wanted)? {
            Found::Ready(resource) => Ok(resource),
            Found::Building(building, _wait) => building.await,
        }
    }

    /// A resource of the asker's own.
    pub(crate) async fn make(
        self: &Arc<Self>,
        asker: Option<BuildId>,
        wanted: Wanted<impl FnOnce(Resources) -> Making + Send + 'static>,
    ) -> Built {
        if let Some(Given::Resource(resource)) = self.given(&wanted.key) {
            return Ok(Arc::clone(resource));
        }
        let (id, _wait) = {
            let mut shelf = self.shelf();
            shelf.check(asker, &wanted.key)?;
            let id = shelf.waits.begin(wanted.key.clone(), wanted.name.clone());
            (id, self.wait(&mut shelf, asker, id))
        };
        let live = Live {
            pool: Arc::clone(self),
            id,
        };
        let (name, make) = (wanted.name.clone(), self.factory(wanted));
        let made = live.make(&name, make).await?;
        Ok(made.resource)
    }

    /// Takes the one that was made last off the shelf.
    pub(crate) fn take_last(&self) -> Option<Kept> {
        let mut shelf = self.shelf();
        let kept = shelf.made.pop()?;
        // The resource itself goes on in `kept`.
        shelf.slots.remove(&kept.key);
        Some(kept)
    }

    fn find(
        self: &Arc<Self>,
        asker: Option<BuildId>,
        wanted: Wanted<impl FnOnce(Resources) -> Making + Send + 'static>,
    ) -> Result<Found, ResourceError> {
        if let Some(Given::Resource(resource)) = self.given(&wanted.key) {
            return Ok(Found::Ready(Arc::clone(resource)));
        }
        let mut shelf = self.shelf();
        if let Some(Slot::Ready(resource)) = shelf.slots.get(&wanted.key) {
            return Ok(Found::Ready(Arc::clone(resource)));
        }
        shelf.check(asker, &wanted.key)?;
        let (id, building) = match shelf.under_way(&wanted.key) {
            Some(building) => building,
            None => self.begin(&mut shelf, wanted),
        };
        let wait = self.wait(&mut shelf, asker, id);
        Ok(Found::Building(building, wait))
    }

    fn begin(
        self: &Arc<Self>,
        shelf: &mut Shelf,
        wanted: Wanted<impl FnOnce(Resources) -> Making + Send + 'static>,
    ) -> (BuildId, Shared<Building>) {
        let (key, name) = (wanted.key.clone(), wanted.name.clone());
        let id = shelf.waits.begin(key.clone(), name.clone());
        let live = Live {
            pool: Arc::clone(self),
            id,
        };
        let make = self.factory(wanted);
        let building: Building = {
            let key = key.clone();
            Box::pin(async move {
                let made = live.make(&name, make).await;
                live.pool.keep(id, key, name, made)
            })
        };
        let building = building.shared();
        let weak = building.downgrade();
        let slot = weak.map(|building| Slot::Building { id, building });
        shelf.slots.extend(slot.map(|slot| (key, slot)));
        (id, building)
    }

    /// The end of a factory that many wait for.
    fn keep(
        &self,
        id: BuildId,
        key: Key,
        name: Name,
        made: Result<AnyMade, ResourceError>,
    ) -> Built {
        let mut shelf = self.shelf();
        match made {
            Ok(AnyMade { resource, closer }) => {
                let slot = Slot::Ready(Arc::clone(&resource));
                shelf.slots.insert(key.clone(), slot);
                shelf.made.push(Kept {
                    key,
                    name,
                    resource: Arc::clone(&resource),
                    closer,
                });
                Ok(resource)
            }
            Err(error) => {
                let is_own =
                    |slot: &Slot| matches!(slot, Slot::Building { id: of, .. } if *of == id);
                if shelf.slots.get(&key).is_some_and(is_own) {
                    shelf.slots.remove(&key);
                }
                Err(error)
            }
        }
    }

    fn given(&self, key: &Key) -> Option<&Given> {
        let mut given = self.given.iter().rev();
        given.find_map(|(of, given)| (of == key).then_some(given))
    }

    /// What makes the resource for this runner.
    fn factory(&self, wanted: Wanted<impl FnOnce(Resources) -> Making + Send + 'static>) -> Make {
        match self.given(&wanted.key) {
            Some(Given::Factory(factory)) => {
                let factory = Arc::clone(factory);
                Box::new(move |resources| factory(resources))
            }
            Some(Given::Resource(_)) | None => Box::new(wanted.make),
        }
    }

    fn wait(
        self: &Arc<Self>,
        shelf: &mut Shelf,
        asker: Option<BuildId>,
        build: BuildId,
    ) -> Option<Wait> {
        let asker = asker?;
        shelf.waits.add(asker, build);
        let pool = Arc::clone(self);
        Some(Wait { pool, asker, build })
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    /// Refuses what would wait for itself.
    fn check(&self, asker: Option<BuildId>, key: &Key) -> Result<(), ResourceError> {
        let cycle = asker.and_then(|asker| self.waits.cycle(asker, key));
        cycle.map_or(Ok(()), |chain| {
            let chain = chain.into_iter().map(Cow::into_owned).collect();
            Err(ResourceError::Cycle { chain })
        })
    }

    fn under_way(&self, key: &Key) -> Option<(BuildId, Shared<Building>)> {
        match self.slots.get(key)? {
            Slot::Building { id, building } => Some((*id, building.upgrade()?)),
            Slot::Ready(_) => None,
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        while let Some(kept) = self.take_last() {
            drop(kept);
        }
        while let Some(given) = self.given.pop() {
            drop(given);
        }
    }
}

/// A factory that runs. Ends with it, also where it is given up.
struct Live {
    pool: Arc<Pool>,
    id: BuildId,
}

impl Live {
    async fn make(&self, name: &Name, make: Make) -> Result<AnyMade, ResourceError> {
        let resources = Resources::new(&self.pool, Some(self.id));
        let making = async move { make(resources).await };
        let made = AssertUnwindSafe(making).catch_unwind().await;
        made.unwrap_or_else(|panic| {
            Err(ResourceError::Panicked {
                resource: name.clone(),
                message: panic_message(&*panic),
            })
        })
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.pool.shelf().waits.end(self.id);
    }
}

/// A factory that waits for another.
struct Wait {
    pool: Arc<Pool>,
    asker: BuildId,
    build: BuildId,
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.pool.shelf().waits.remove(self.asker, self.build);
    }
}
