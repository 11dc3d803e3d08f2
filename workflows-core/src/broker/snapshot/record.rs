//! The plain data of a snapshot.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Value;

use crate::tick::{Timestamp, WaitKey};

/// Any JSON, in any format: one that is not for humans carries it as text.
#[derive(Clone, Debug, PartialEq)]
pub struct Json(pub Value);

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            self.0.serialize(serializer)
        } else {
            serializer.collect_str(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return Value::deserialize(deserializer).map(Self);
        }
        let text = String::deserialize(deserializer)?;
        serde_json::from_str(&text)
            .map(Self)
            .map_err(D::Error::custom)
    }
}

/// An event by its name on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventRecord {
    /// Its name.
    pub event: String,
    /// Its payload.
    pub data: Json,
}

/// What is in flight in a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunRecord {
    pub(super) now: Timestamp,
    pub(super) paused: bool,
    /// How many invocations there have been.
    pub(super) serial: u64,
    /// How many timers and how many waits, kept events and offers.
    pub(super) timers: u64,
    pub(super) waits: u64,
    pub(super) invocations: Vec<InvocationRecord>,
    pub(super) queued: Vec<QueuedRecord>,
    pub(super) joins: Vec<JoinRecord>,
    pub(super) fan_outs: Vec<FanOutRecord>,
    pub(super) deliveries: Vec<DeliveryRecord>,
    pub(super) kept: Vec<KeptRecord>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PlaceRecord {
    /// The number of the fan-out; `None` at the top level.
    pub(super) fan_out: Option<u32>,
    pub(super) branch: u32,
    /// By the name of the handler.
    pub(super) recoveries: BTreeMap<String, u32>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum InputRecord {
    One(EventRecord),
    All(Vec<EventRecord>),
    Collected(Vec<EventRecord>),
    Caught(Box<CaughtRecord>),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CaughtRecord {
    pub(super) step: String,
    pub(super) event: String,
    pub(super) input: InputRecord,
    pub(super) attempts: u32,
    pub(super) elapsed: std::time::Duration,
    pub(super) failure: FailureRecord,
}

/// An error as text: its type is lost.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct FailureRecord {
    pub(super) message: String,
    pub(super) panic: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct QueuedRecord {
    pub(super) step: String,
    pub(super) event: String,
    pub(super) place: PlaceRecord,
    pub(super) input: InputRecord,
}

/// When a timer is due, and its number among the timers of the run.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct DueRecord {
    pub(super) at: Timestamp,
    pub(super) number: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum StageRecord {
    /// An attempt was under way: it is made again.
    Begun,
    /// The next attempt waited for a place.
    Ready,
    /// The next attempt is due later.
    Retrying,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct InvocationRecord {
    pub(super) serial: u64,
    pub(super) step: String,
    pub(super) event: String,
    pub(super) place: PlaceRecord,
    pub(super) began: Timestamp,
    pub(super) stage: StageRecord,
    pub(super) due: Option<DueRecord>,
    pub(super) input: InputRecord,
    pub(super) failures: u32,
    pub(super) interruptions: u32,
    pub(super) failure: Option<FailureRecord>,
    pub(super) recorded: BTreeMap<String, Json>,
    pub(super) waits: BTreeMap<WaitKey, WaitRecord>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum WaitRecord {
    Open {
        events: Vec<String>,
        choosy: bool,
        due: Option<DueRecord>,
        number: u64,
    },
    Closed,
    Answered(EventRecord),
    TimedOut,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct JoinRecord {
    pub(super) step: String,
    pub(super) place: PlaceRecord,
    /// In the order of their arrival for each type.
    pub(super) arrived: Vec<EventRecord>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct FanOutRecord {
    pub(super) number: u32,
    pub(super) parent: PlaceRecord,
    pub(super) event: String,
    pub(super) collectors: Vec<CollectorRecord>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CollectorRecord {
    pub(super) step: String,
    /// With their branches; `None` once the step has got what it takes.
    pub(super) arrived: Option<Vec<(u32, EventRecord)>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct DeliveryRecord {
    pub(super) due: DueRecord,
    pub(super) place: PlaceRecord,
    pub(super) event: EventRecord,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct KeptRecord {
    pub(super) number: u64,
    pub(super) place: PlaceRecord,
    pub(super) event: EventRecord,
}
