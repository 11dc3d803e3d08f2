//! What a step gives back, and how it becomes emissions.

use std::{error::Error, time::Duration};

use crate::{
    event::{AnyEvent, EventId, EventInfo},
    graph::Emits,
    set::{Endpoints, EventSet},
};

/// The error of a step: whatever it was, boxed.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// One event on its way out of a step.
#[derive(Clone, Debug)]
pub struct Emission<P> {
    /// Its type.
    pub event: EventId,
    /// The event itself, opaque to the broker.
    pub payload: P,
}

/// One thing that a step emits.
#[derive(Clone, Debug)]
pub enum Item<P> {
    /// A single event.
    Event(Emission<P>),
    /// A list: opens a fan-out with one branch per element, in this order.
    FanOut {
        /// The event types that the list can hold, as the step declares them.
        elements: &'static [EventInfo],
        /// The list.
        events: Vec<Emission<P>>,
    },
    /// A single event that is routed later.
    Later {
        /// How much later than the commit.
        delay: Duration,
        /// The event.
        emission: Emission<P>,
    },
}

impl<P> Item<P> {
    fn emissions(&self) -> &[Emission<P>] {
        match self {
            Self::Event(emission) | Self::Later { emission, .. } => std::slice::from_ref(emission),
            Self::FanOut { events, .. } => events,
        }
    }
}

/// Everything that one invocation emits, in order; committed at once.
#[derive(Clone, Debug)]
pub struct Outbox<P = Box<dyn AnyEvent>>(Items<P>);

/// Most steps emit one event: without an allocation, and small enough to be moved about.
#[derive(Clone, Debug)]
enum Items<P> {
    Nothing,
    Event(Emission<P>),
    Many(Vec<Item<P>>),
}

impl<P> Outbox<P> {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self(Items::Nothing)
    }

    /// The event, where it is the only one and no list.
    #[inline(always)]
    pub(crate) fn into_single(self) -> Result<Emission<P>, Self> {
        match self.0 {
            Items::Event(emission) => Ok(emission),
            items => Err(Self(items)),
        }
    }

    /// Adds an item at the end.
    #[inline]
    pub fn push(&mut self, item: Item<P>) {
        let Self(items) = self;
        match (std::mem::replace(items, Items::Nothing), item) {
            (Items::Nothing, Item::Event(emission)) => *items = Items::Event(emission),
            (Items::Nothing, item) => *items = Items::Many(vec![item]),
            (Items::Event(first), item) => *items = Items::Many(vec![Item::Event(first), item]),
            (Items::Many(mut many), item) => {
                many.push(item);
                *items = Items::Many(many);
            }
        }
    }

    /// The events in it, those of its lists included.
    pub fn emissions(&self) -> impl Iterator<Item = &Emission<P>> {
        let Self(items) = self;
        let (single, many): (_, &[Item<P>]) = match items {
            Items::Nothing => (None, &[]),
            Items::Event(emission) => (Some(emission), &[]),
            Items::Many(many) => (None, many),
        };
        single
            .into_iter()
            .chain(many.iter().flat_map(Item::emissions))
    }
}

impl<P> Default for Outbox<P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P> FromIterator<Item<P>> for Outbox<P> {
    fn from_iter<I: IntoIterator<Item = Item<P>>>(items: I) -> Self {
        let mut outbox = Self::new();
        items.into_iter().for_each(|item| outbox.push(item));
        outbox
    }
}

impl<P> IntoIterator for Outbox<P> {
    type Item = Item<P>;
    type IntoIter = std::iter::Chain<std::option::IntoIter<Item<P>>, std::vec::IntoIter<Item<P>>>;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        let (single, many) = match self.0 {
            Items::Nothing => (None, Vec::new()),
            Items::Event(emission) => (Some(Item::Event(emission)), Vec::new()),
            Items::Many(many) => (None, many),
        };
        single.into_iter().chain(many)
    }
}

/// What a step may return.
///
/// | type | meaning |
/// |---|---|
/// | `E`, a union | emits one event |
/// | `Stop<T>` | ends the run with `T` |
/// | `Option<_>` | emits nothing on `None` |
/// | `()` | emits nothing |
/// | `Vec<E>` | a fan-out: one branch per element |
/// | `(A, B, …)` | emits all of them |
/// | `Result<_, Err>` | fails the step on `Err`, which is any `Into<Box<dyn Error + Send + Sync>>` |
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something that a step can return",
    label = "neither an event nor made of events",
    note = "a step returns an event, `OneOf![A | B]`, `Stop<T>`, `Option<_>`, `Vec<_>`, a tuple, `()` or a `Result` of these",
    note = "annotate your own type with `#[event]` to make it an event"
)]
pub trait StepOutput {
    /// The events that the type can emit.
    const EMITS: Emits;

    /// Puts what there is to emit into `outbox`.
    ///
    /// # Errors
    /// The step's own error.
    fn emit(self, outbox: &mut Outbox) -> Result<(), BoxError>;
}

fn emission<E: EventSet>(event: E) -> Emission<Box<dyn AnyEvent>> {
    let (event, payload) = event.into_event();
    Emission { event, payload }
}

#[diagnostic::do_not_recommend]
impl<E: EventSet> StepOutput for E {
    const EMITS: Emits = Emits::One(E::MEMBERS);

    fn emit(self, outbox: &mut Outbox) -> Result<(), BoxError> {
        outbox.push(Item::Event(emission(self)));
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<E: EventSet> StepOutput for Vec<E> {
    const EMITS: Emits = Emits::FanOut(E::MEMBERS);

    fn emit(self, outbox: &mut Outbox) -> Result<(), BoxError> {
        outbox.push(Item::FanOut {
            elements: E::MEMBERS,
            events: self.into_iter().map(emission).collect(),
        });
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<T: StepOutput> StepOutput for Option<T> {
    const EMITS: Emits = T::EMITS;

    fn emit(self, outbox: &mut Outbox) -> Result<(), BoxError> {
        self.map_or(Ok(()), |output| output.emit(outbox))
    }
}

#[diagnostic::do_not_recommend]
impl<T: StepOutput, Err: Into<BoxError>> StepOutput for Result<T, Err> {
    const EMITS: Emits = T::EMITS;

    fn emit(self, outbox: &mut Outbox) -> Result<(), BoxError> {
        self.map_err(Into::into)?.emit(outbox)
    }
}

#[diagnostic::do_not_recommend]
impl StepOutput for () {
    const EMITS: Emits = Emits::Nothing;

    fn emit(self, _: &mut Outbox) -> Result<(), BoxError> {
        Ok(())
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: StepOutput),+> StepOutput for ($($name,)+) {
            const EMITS: Emits = Emits::All(&[$($name::EMITS),+]);

            #[expect(non_snake_case, reason = "the type parameters name the fields")]
            fn emit(self, outbox: &mut Outbox) -> Result<(), BoxError> {
                let ($($name,)+) = self;
                $($name.emit(outbox)?;)+
                Ok(())
            }
        }

        impl<In, Out, $($name: Endpoints<In, Out>),+> Endpoints<In, Out> for ($($name,)+) {}
    )+};
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }

impl<In, Out> Endpoints<In, Out> for () {}
impl<In, Out, T: Endpoints<In, Out>> Endpoints<In, Out> for Option<T> {}
impl<In, Out, T: Endpoints<In, Out>> Endpoints<In, Out> for Vec<T> {}
impl<In, Out, T: Endpoints<In, Out>, Err> Endpoints<In, Out> for Result<T, Err> {}
