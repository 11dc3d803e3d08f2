//! What can make a resource: functions of several shapes, and which parameters take what they make.
//!
//! The shapes would overlap as implementations of one trait, so each trait here has a parameter that says which shape
//! it is; the compiler finds it, because the type of the step's parameter is known.

use std::{future::Future, sync::Arc};

use futures_util::future::BoxFuture;
use workflows_core::BoxError;

use super::{
    Resources,
    closing::{Closer, Closing},
};

/// A function that makes what a parameter of type `P` takes.
///
/// | the factory returns | the parameter is |
/// |---|---|
/// | `T` | `Arc<T>`, or `T` where `T: Clone` |
/// | `Result<_, E>`, [`Closing<_>`](crate::Closing), a future of these | as for what is inside |
///
/// It has no parameters, or one: [`Resources`](crate::Resources), which gives it other resources. It is known by its type,
/// which every function has for itself: one that is behind a pointer, or a closure that captures, does not compile.
///
/// It runs where the step waits for it: what blocks for long belongs on `tokio::task::spawn_blocking`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no factory of `{P}`",
    label = "not a factory of `{P}`",
    note = "a factory is a function without parameters, or with one `resources: Resources`"
)]
pub trait Factory<P: 'static, How: 'static>: Send + Sync + 'static {
    /// What is kept.
    type Resource: Send + Sync + 'static;

    /// Makes the resource.
    #[doc(hidden)]
    fn make(
        &self,
        resources: Resources,
    ) -> BoxFuture<'static, Result<Made<Self::Resource>, BoxError>>;

    /// The resource as the parameter takes it.
    #[doc(hidden)]
    fn handle(resource: Arc<Self::Resource>) -> P;
}

impl<F, P: 'static, Args: 'static, How: 'static> Factory<P, (Args, How)> for F
where
    F: Function<Args>,
    F::Output: Product<P, How>,
{
    type Resource = <F::Output as Product<P, How>>::Resource;

    fn make(
        &self,
        resources: Resources,
    ) -> BoxFuture<'static, Result<Made<Self::Resource>, BoxError>> {
        let product = self.call(resources);
        Box::pin(product.finish())
    }

    fn handle(resource: Arc<Self::Resource>) -> P {
        F::Output::handle(resource)
    }
}

/// A resource that is new.
#[doc(hidden)]
pub struct Made<T> {
    pub(crate) resource: Arc<T>,
    pub(crate) closer: Option<Closer>,
}

impl<T> Made<T> {
    pub(crate) fn new(resource: T) -> Self {
        Self {
            resource: Arc::new(resource),
            closer: None,
        }
    }
}

/// A function with the parameters of a factory.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a factory of a resource",
    label = "not a factory",
    note = "a factory is a function without parameters, or with one `resources: Resources`, through which it gets other resources"
)]
#[doc(hidden)]
pub trait Function<Args>: Send + Sync + 'static {
    /// What it returns.
    type Output;

    /// Calls it.
    fn call(&self, resources: Resources) -> Self::Output;
}

#[diagnostic::do_not_recommend]
impl<F: Fn() -> R + Send + Sync + 'static, R> Function<()> for F {
    type Output = R;

    fn call(&self, _: Resources) -> R {
        self()
    }
}

#[diagnostic::do_not_recommend]
impl<F: Fn(Resources) -> R + Send + Sync + 'static, R> Function<(Resources,)> for F {
    type Output = R;

    fn call(&self, resources: Resources) -> R {
        self(resources)
    }
}

/// What a factory returns, where a parameter of type `P` takes it.
#[diagnostic::on_unimplemented(
    message = "a parameter of type `{P}` cannot come from a factory that returns `{Self}`",
    label = "this factory does not make a `{P}`",
    note = "for a parameter `Arc<T>` a factory returns `T`, `Result<T, _>` with any error, or a future of these, which is `Send`; `T` is `Send + Sync`, and `Clone` for a parameter without the `Arc`"
)]
#[doc(hidden)]
pub trait Product<P: 'static, How: 'static>: Send + 'static {
    /// What is kept.
    type Resource: Send + Sync + 'static;

    /// Waits for what is still to come.
    fn finish(
        self,
    ) -> impl Future<Output = Result<Made<Self::Resource>, BoxError>> + Send + 'static;

    /// The resource as the parameter takes it.
    fn handle(resource: Arc<Self::Resource>) -> P;
}

/// How a [`Product`] is what a parameter takes.
#[doc(hidden)]
pub mod how {
    use std::marker::PhantomData;

    /// The parameter shares it.
    pub struct Shared;
    /// The parameter is a clone of it.
    pub struct Cloned;
    /// It is the success of a `Result`.
    pub struct Fallible<How>(PhantomData<How>);
    /// It is the output of a future.
    pub struct Async<How>(PhantomData<How>);
    /// It says how it is closed.
    pub struct Closed<How>(PhantomData<How>);
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> Product<Arc<T>, how::Shared> for T {
    type Resource = T;

    async fn finish(self) -> Result<Made<T>, BoxError> {
        Ok(Made::new(self))
    }

    fn handle(resource: Arc<T>) -> Arc<T> {
        resource
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Product<T, how::Cloned> for T {
    type Resource = T;

    async fn finish(self) -> Result<Made<T>, BoxError> {
        Ok(Made::new(self))
    }

    fn handle(resource: Arc<T>) -> T {
        Arc::unwrap_or_clone(resource)
    }
}

#[diagnostic::do_not_recommend]
impl<R, E, P: 'static, How: 'static> Product<P, how::Fallible<How>> for Result<R, E>
where
    R: Product<P, How>,
    E: Into<BoxError> + Send + 'static,
{
    type Resource = R::Resource;

    async fn finish(self) -> Result<Made<R::Resource>, BoxError> {
        match self {
            Ok(product) => product.finish().await,
            Err(error) => Err(error.into()),
        }
    }

    fn handle(resource: Arc<R::Resource>) -> P {
        R::handle(resource)
    }
}

#[diagnostic::do_not_recommend]
impl<F, P: 'static, How: 'static> Product<P, how::Async<How>> for F
where
    F: Future + Send + 'static,
    F::Output: Product<P, How>,
{
    type Resource = <F::Output as Product<P, How>>::Resource;

    async fn finish(self) -> Result<Made<Self::Resource>, BoxError> {
        self.await.finish().await
    }

    fn handle(resource: Arc<Self::Resource>) -> P {
        F::Output::handle(resource)
    }
}

#[diagnostic::do_not_recommend]
impl<T, P: 'static, How: 'static> Product<P, how::Closed<How>> for Closing<T>
where
    T: Product<P, How, Resource = T> + Sync + 'static,
{
    type Resource = T;

    async fn finish(self) -> Result<Made<T>, BoxError> {
        Ok(self.into_made())
    }

    fn handle(resource: Arc<T>) -> P {
        T::handle(resource)
    }
}
