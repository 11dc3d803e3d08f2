//! What the same work costs without an engine.

use std::{any::Any, future::Future, hint::black_box, pin::Pin};

/// An event whose type is forgotten.
type AnyEvent = Box<dyn Any + Send>;

struct Event(u64);

/// A step as a plain async function.
pub(crate) async fn step(n: u64) -> u64 {
    black_box(n) + 1
}

/// `calls` steps, each with its event boxed and called through a boxed future: the least that forgetting the types of
/// both costs.
pub(crate) async fn boxed(calls: u64) -> u64 {
    let mut n = 0;
    for _ in 0..calls {
        let event: AnyEvent = black_box(Box::new(Event(n)));
        n = black_box(boxed_step(event)).await;
    }
    n
}

fn boxed_step(event: AnyEvent) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    let Event(n) = *event.downcast().expect("`boxed` makes no other event");
    Box::pin(step(n))
}
