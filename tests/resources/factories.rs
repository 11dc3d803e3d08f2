//! What a factory may be.

use std::{io, sync::Arc};

use workflows::prelude::*;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Number(pub(super) u32);

fn plain() -> Number {
    Number(1)
}
fn fallible() -> Result<Number, io::Error> {
    Ok(Number(2))
}
async fn asynchronous() -> Number {
    tokio::task::yield_now().await;
    Number(3)
}
async fn asynchronous_and_fallible() -> Result<Number> {
    tokio::task::yield_now().await;
    Ok(Number(4))
}
fn future(_: Resources) -> impl Future<Output = anyhow::Result<Number>> {
    std::future::ready(Ok(Number(5)))
}
fn generic<const N: u32>() -> Number {
    Number(N)
}
async fn sum(resources: Resources) -> Result<Number> {
    let one: Arc<Number> = resources.get(plain).await?;
    let two: Number = resources.get(fallible).await?;
    Ok(Number(one.0 + two.0))
}
impl Shapes {
    fn own() -> Number {
        Number(7)
    }
}

workflow_of!(Shapes, (
    #[resource(plain)] a: Arc<Number>,
    #[resource(fallible)] b: Arc<Number>,
    #[resource(generic::<6>)] c: Arc<Number>,
    #[resource(Self::own)] d: Arc<Number>,
) -> Vec<u32> => [a, b, c, d].iter().map(|number| number.0).collect());

workflow_of!(AsyncShapes, (
    #[resource(asynchronous)] a: Arc<Number>,
    #[resource(asynchronous_and_fallible)] b: Arc<Number>,
    #[resource(future)] c: Arc<Number>,
    #[resource(sum)] d: Arc<Number>,
) -> Vec<u32> => [a, b, c, d].iter().map(|number| number.0).collect());

#[tokio::test]
async fn a_factory_is_async_or_not_fallible_or_not_and_may_need_other_resources() {
    assert_eq!(Shapes.run(()).await.unwrap(), [1, 2, 6, 7]);
    assert_eq!(AsyncShapes.run(()).await.unwrap(), [3, 4, 5, 3]);
}

trait Voice: Send + Sync {
    fn say(&self) -> String;
}
struct Dog;
impl Voice for Dog {
    fn say(&self) -> String {
        "woof".to_owned()
    }
}
struct Fake;
impl Voice for Fake {
    fn say(&self) -> String {
        "beep".to_owned()
    }
}
fn make_voice() -> Arc<dyn Voice> {
    Arc::new(Dog)
}

workflow_of!(Clones, (
    #[resource(plain)] number: Number,
    #[resource(plain)] shared: Arc<Number>,
    #[resource(make_voice)] voice: Arc<dyn Voice>,
) -> String => {
    assert_eq!(number, *shared);
    voice.say()
});

#[tokio::test]
async fn what_is_a_handle_itself_is_taken_by_value_as_a_clone() {
    assert_eq!(Clones.run(()).await.unwrap(), "woof");
    let voice: Arc<dyn Voice> = Arc::new(Fake);
    let runner = Runner::builder(Clones).resource(make_voice, voice).build();
    assert_eq!(runner.run(()).await.unwrap(), "beep");
}

struct Generic<T>(T);

fn make_default<T: Default>() -> T {
    T::default()
}

#[workflow]
impl<T: Default + ToString + Send + Sync + 'static> Generic<T> {
    #[step]
    async fn show(&self, _: Start<()>, #[resource(make_default::<T>)] it: Arc<T>) -> Stop<String> {
        Stop(self.0.to_string() + &it.to_string())
    }
}

#[tokio::test]
async fn a_factory_may_depend_on_the_type_parameters_of_the_workflow() {
    assert_eq!(Generic(7_u8).run(()).await.unwrap(), "70");
    assert_eq!(Generic(true).run(()).await.unwrap(), "truefalse");
}

mod here {
    pub(super) async fn connect() -> u32 {
        tokio::task::yield_now().await;
        1
    }
}
mod there {
    pub(super) async fn connect() -> u32 {
        tokio::task::yield_now().await;
        2
    }
}

async fn constant<const N: u32>() -> u32 {
    tokio::task::yield_now().await;
    N
}

workflow_of!(Namesakes, (
    #[resource(here::connect)] here: Arc<u32>,
    #[resource(there::connect)] there: Arc<u32>,
    #[resource(constant::<3>)] three: Arc<u32>,
    #[resource(constant::<4>)] four: Arc<u32>,
) -> [u32; 4] => [*here, *there, *three, *four]);

#[tokio::test]
async fn factories_of_one_name_make_a_resource_each() {
    assert_eq!(Namesakes.run(()).await.unwrap(), [1, 2, 3, 4]);
}
