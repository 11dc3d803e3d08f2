//! Sets of events: what stands at one place of a signature, a single event or a union of several.

use std::fmt;

use crate::event::{AnyEvent, Event, EventId, EventInfo, Start, Stop};

/// One event type or a union of several: what a step takes, returns or declares with an `Emitter`.
///
/// Every [`Event`] is one; `OneOf![A | B]` and `#[derive(EventUnion)]` make the others.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event and not a union of events",
    note = "annotate a struct with `#[event]`, or write `OneOf![A | B]` for one of several events",
    note = "the input of the run is `Start<T>`, its result is `Stop<T>`"
)]
pub trait EventSet: Sized + Send + 'static {
    /// The events of the set, in declaration order.
    const MEMBERS: &'static [EventInfo];

    /// Takes the event out of its box, or gives the box back where it is no member.
    ///
    /// # Errors
    /// The box, unchanged.
    fn from_event(event: Box<dyn AnyEvent>) -> Result<Self, Box<dyn AnyEvent>>;

    /// The member's identity and the boxed event.
    fn into_event(self) -> (EventId, Box<dyn AnyEvent>);

    /// A copy: a union is cloned through its members, which need not be known to be `Clone`.
    #[doc(hidden)]
    fn duplicate(&self) -> Self;

    /// Writes the event as its `Debug` does.
    ///
    /// # Errors
    /// Those of the formatter.
    #[doc(hidden)]
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

#[diagnostic::do_not_recommend]
impl<E: Event> EventSet for E {
    const MEMBERS: &'static [EventInfo] = &[EventInfo::of::<E>()];

    fn from_event(event: Box<dyn AnyEvent>) -> Result<Self, Box<dyn AnyEvent>> {
        // On the trait object, not on the box: the box is no event.
        if (*event).as_any().is::<E>() {
            match event.into_any().downcast::<E>() {
                Ok(event) => Ok(*event),
                Err(_) => unreachable!("the type was compared on the line before"),
            }
        } else {
            Err(event)
        }
    }

    fn into_event(self) -> (EventId, Box<dyn AnyEvent>) {
        (E::ID, Box::new(self))
    }

    fn duplicate(&self) -> Self {
        self.clone()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt(f)
    }
}

/// `Self` is one of the events of the set `S`, or the set itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not one of the events that this step declares",
    label = "not declared by this `Emitter`",
    note = "add it to the parameter's type, as in `Emitter<OneOf![A | B]>`: the signatures are the graph"
)]
pub trait MemberOf<S> {
    /// The event as a value of the set.
    fn into_set(self) -> S;
}

#[diagnostic::do_not_recommend]
impl<E> MemberOf<E> for E {
    fn into_set(self) -> E {
        self
    }
}

/// `Self` has no `Start` or `Stop` but `Start<In>` and `Stop<Out>`: a workflow has one type of each.
///
/// Implemented by `#[event]`, by unions, and by everything a step can return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not belong to a workflow that begins with `Start<{In}>` and ends with `Stop<{Out}>`",
    label = "another `Start` or `Stop` than in the rest of the workflow",
    note = "all steps of a workflow share one `Start<T>` and one `Stop<T>`; for several outcomes make `T` an enum"
)]
pub trait Endpoints<In, Out> {}

impl<In, Out> Endpoints<In, Out> for Start<In> {}
impl<In, Out> Endpoints<In, Out> for Stop<Out> {}
