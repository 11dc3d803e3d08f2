//! Events: the typed messages that move between steps.

use std::{any::Any, fmt::Debug};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Any type that can be the payload of [`Start`] or [`Stop`]: serde, a JSON schema, `Clone` and `Debug`.
///
/// Implemented for every type that has them; `#[data]` derives all of them at once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the input or the output of a workflow",
    label = "this type lacks serde, `JsonSchema`, `Clone` or `Debug`",
    note = "annotate the type with `#[data]`, which derives what is missing"
)]
pub trait Value:
    Clone + Debug + Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static
{
}

#[diagnostic::do_not_recommend]
impl<T> Value for T where
    T: Clone + Debug + Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static
{
}

/// A message of a workflow. Implement it with `#[event]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event",
    note = "annotate the type with `#[event]`"
)]
pub trait Event:
    Clone + Debug + Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static
{
    /// Tells this type from every other event type of the program.
    const ID: EventId;
    /// The name on the wire: in streams, snapshots and pictures. Unique within a workflow.
    const NAME: &'static str;
    /// How the event enters and leaves a workflow.
    const KIND: EventKind = EventKind::Ordinary;
}

/// Identity of an event type within one build of a program. Never stored: on the wire an event is known by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub(crate) u64);

impl EventId {
    pub(crate) const START: Self = Self::of("workflows::Start");
    pub(crate) const STOP: Self = Self::of("workflows::Stop");

    /// Hashes the place where an event type is declared (FNV-1a, 64 bits).
    #[must_use]
    pub const fn of(place: &str) -> Self {
        Self(0xcbf2_9ce4_8422_2325).and(place)
    }

    /// The type that is declared at a place of a module.
    #[doc(hidden)]
    #[must_use]
    pub const fn declared(module: &str, place: &str) -> Self {
        Self::of(module).and("::").and(place)
    }

    const fn and(self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut hash = self.0;
        let mut i = 0;
        while i < bytes.len() {
            hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
            i += 1;
        }
        Self(hash)
    }
}

/// How an event enters and leaves a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// Emitted by a step and taken by a step.
    Ordinary,
    /// [`Start`]: the input of the run.
    Start,
    /// [`Stop`]: ends the run.
    Stop,
    /// A question to the outside: published on the stream when emitted; needs no step that takes it.
    InputRequired,
    /// An answer from outside; needs no step that emits it.
    HumanResponse,
}

impl EventKind {
    /// Every kind, at the place of its number.
    pub(crate) const ALL: [Self; 5] = [
        Self::Ordinary,
        Self::Start,
        Self::Stop,
        Self::InputRequired,
        Self::HumanResponse,
    ];

    /// Whether a workflow may emit the event without a step that takes it.
    #[must_use]
    pub const fn leaves_the_workflow(self) -> bool {
        matches!(self, Self::Stop | Self::InputRequired)
    }

    /// Whether a workflow may take the event without a step that emits it.
    #[must_use]
    pub const fn enters_the_workflow(self) -> bool {
        matches!(self, Self::Start | Self::HumanResponse)
    }
}

/// What the routing graph knows of an event type.
#[derive(Clone, Copy, Debug)]
pub struct EventInfo {
    pub(crate) id: EventId,
    pub(crate) name: &'static str,
    pub(crate) kind: EventKind,
    pub(crate) type_name: fn() -> &'static str,
    pub(crate) schema: fn(&mut SchemaGenerator) -> Schema,
    pub(crate) decode: fn(serde_json::Value) -> Result<Box<dyn AnyEvent>, serde_json::Error>,
}

impl EventInfo {
    /// The facts of `E`.
    #[must_use]
    pub const fn of<E: Event>() -> Self {
        Self {
            id: E::ID,
            name: E::NAME,
            kind: E::KIND,
            type_name: std::any::type_name::<E>,
            schema: |generator| generator.subschema_for::<E>(),
            decode: |value| Ok(Box::new(serde_json::from_value::<E>(value)?)),
        }
    }

    /// Identity of the type.
    #[must_use]
    pub const fn id(&self) -> EventId {
        self.id
    }

    /// The name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How the event enters and leaves a workflow.
    #[must_use]
    pub const fn kind(&self) -> EventKind {
        self.kind
    }

    /// The name as an author writes it: `Draft`, `Stop<Review>`.
    #[must_use]
    pub fn label(&self) -> String {
        match self.kind {
            EventKind::Start | EventKind::Stop => without_paths((self.type_name)()),
            EventKind::Ordinary | EventKind::InputRequired | EventKind::HumanResponse => {
                self.name.to_owned()
            }
        }
    }

    /// Reads an event of this type from JSON.
    ///
    /// # Errors
    /// What the event's own `Deserialize` reports.
    pub fn decode(&self, value: serde_json::Value) -> Result<Box<dyn AnyEvent>, serde_json::Error> {
        (self.decode)(value)
    }

    /// The JSON schema of the event.
    #[must_use]
    pub fn schema(&self) -> Schema {
        let mut generator = SchemaGenerator::default();
        let mut schema = (self.schema)(&mut generator);
        let definitions = generator.take_definitions(true);
        if !definitions.is_empty() {
            schema.insert("$defs".to_owned(), definitions.into());
        }
        schema
    }
}

impl PartialEq for EventInfo {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for EventInfo {}

/// Strips module paths from a type name: `a::Stop<b::c::Review>` becomes `Stop<Review>`.
fn without_paths(type_name: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in type_name.chars() {
        match c {
            ':' => word.clear(),
            c if c.is_alphanumeric() || c == '_' => word.push(c),
            c => {
                out.push_str(&word);
                word.clear();
                out.push(c);
            }
        }
    }
    out + &word
}

/// The input of a run: the event that every workflow begins with.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Start<T>(pub T);

#[diagnostic::do_not_recommend]
impl<T: Value> Event for Start<T> {
    const ID: EventId = EventId::START;
    const NAME: &'static str = "Start";
    const KIND: EventKind = EventKind::Start;
}

/// The end of a run: the first one that a step returns ends the run with `T`.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Stop<T>(pub T);

#[diagnostic::do_not_recommend]
impl<T: Value> Event for Stop<T> {
    const ID: EventId = EventId::STOP;
    const NAME: &'static str = "Stop";
    const KIND: EventKind = EventKind::Stop;
}

/// An event whose type is known only at run time.
pub trait AnyEvent: Debug + Send + Sync + 'static {
    /// The facts of its type.
    fn info(&self) -> EventInfo;
    /// The event as JSON.
    ///
    /// # Errors
    /// What the event's own `Serialize` reports.
    fn to_json(&self) -> Result<serde_json::Value, serde_json::Error>;
    /// A boxed copy.
    fn boxed_clone(&self) -> Box<dyn AnyEvent>;
    /// For downcasting a reference.
    fn as_any(&self) -> &dyn Any;
    /// For downcasting the box.
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send + Sync>;
}

impl<E: Event> AnyEvent for E {
    fn info(&self) -> EventInfo {
        EventInfo::of::<E>()
    }

    fn to_json(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::to_value(self)
    }

    fn boxed_clone(&self) -> Box<dyn AnyEvent> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send + Sync> {
        self
    }
}

impl Clone for Box<dyn AnyEvent> {
    fn clone(&self) -> Self {
        // On the trait object, not on the box: the box is no event.
        AnyEvent::boxed_clone(&**self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_shows_types_without_their_paths() {
        assert_eq!(
            without_paths("a::b::Stop<alloc::vec::Vec<(c::D, u8)>>"),
            "Stop<Vec<(D, u8)>>"
        );
    }

    #[test]
    fn a_label_names_the_payload_of_start() {
        assert_eq!(
            EventInfo::of::<Start<Vec<String>>>().label(),
            "Start<Vec<String>>"
        );
    }
}
