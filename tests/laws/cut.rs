//! A broker through the text of its snapshot, as if into another process.

use std::sync::Arc;

use workflows::{Broker, EventRecord, Misfit, Routes, RunRecord};

/// What is in flight.
pub(crate) fn text<P: Clone>(broker: &Broker<P>, write: &dyn Fn(&P) -> EventRecord) -> String {
    let record = broker.record(&|payload| Ok::<_, Misfit>(write(payload)));
    let record = record.expect("every event can be written");
    serde_json::to_string(&record).expect("a record is plain data")
}

/// A broker that goes on from there once it is resumed.
pub(crate) fn restored<P: Clone>(
    text: &str,
    routes: &Arc<Routes>,
    read: &dyn Fn(&EventRecord) -> P,
) -> Broker<P> {
    let record: RunRecord = serde_json::from_str(text).expect("it was written as a record");
    let restored = record.restore(Arc::clone(routes), &|record| Ok(read(&record)));
    restored.expect("it fits the graph that it was taken of")
}
