//! Asks whether a type has a trait, in a constant: an inherent item whose bounds hold hides the trait's.
//!
//! What the macros write down of a type goes this way, so that only the check of that type complains.

use std::marker::PhantomData;

use workflows_core::{
    AnyEvent, BoxError, Emits, Endpoints, EventInfo, EventSet, Outbox, StepOutput,
};

type AnyBox = Box<dyn AnyEvent>;

/// Asks what a type is.
pub struct Probe<T>(PhantomData<T>);

impl<T: EventSet> Probe<T> {
    /// It is an event or a union.
    pub const IS_SET: bool = true;
    /// The events of the set.
    pub const MEMBERS: &'static [EventInfo] = T::MEMBERS;

    /// Takes the event out of its box.
    ///
    /// # Errors
    /// The box, where the event is another one.
    pub fn from_event(event: AnyBox) -> Result<T, AnyBox> {
        T::from_event(event)
    }
}

impl<T: StepOutput> Probe<T> {
    /// A step can return it.
    pub const IS_OUTPUT: bool = true;
    /// The events that it can emit.
    pub const EMITS: Emits = T::EMITS;

    /// Puts what there is to emit into `outbox`.
    ///
    /// # Errors
    /// The step's own error.
    pub fn emit(output: T, outbox: &mut Outbox) -> Result<(), BoxError> {
        output.emit(outbox)
    }
}

impl<T: Into<BoxError>> Probe<T> {
    /// A step can fail with it.
    pub const IS_ERROR: bool = true;
}

/// Asks for the `Start` and `Stop` of a type.
pub struct EndpointProbe<T, In, Out>(PhantomData<(T, In, Out)>);

impl<T: Endpoints<In, Out>, In, Out> EndpointProbe<T, In, Out> {
    /// It has no others.
    pub const FITS: bool = true;
}

/// The answers where the bounds do not hold. The build fails then, so nothing of this runs.
pub trait Otherwise<T> {
    /// It is none.
    const IS_SET: bool = false;
    /// It has none.
    const MEMBERS: &'static [EventInfo] = &[];
    /// A step cannot return it.
    const IS_OUTPUT: bool = false;
    /// It emits nothing.
    const EMITS: Emits = Emits::Nothing;
    /// A step cannot fail with it.
    const IS_ERROR: bool = false;
    /// It has others.
    const FITS: bool = false;

    /// Gives the box back.
    ///
    /// # Errors
    /// Always.
    fn from_event(event: AnyBox) -> Result<T, AnyBox> {
        Err(event)
    }

    /// Emits nothing.
    ///
    /// # Errors
    /// None.
    fn emit(_: T, _: &mut Outbox) -> Result<(), BoxError> {
        Ok(())
    }
}

impl<T> Otherwise<T> for Probe<T> {}
impl<T, In, Out> Otherwise<T> for EndpointProbe<T, In, Out> {}
