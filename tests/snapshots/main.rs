//! Snapshots: a run that is cut anywhere goes on where it was.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where it unwraps, in its helpers too"
)]

use std::time::Duration;

use workflows::{Snapshot, Workflow, prelude::*};

mod attempts;
mod everything;
mod sessions;
mod work;

const MINUTE: Duration = Duration::from_secs(60);

/// Through text, as if into another process.
fn carried(snapshot: &Snapshot) -> Snapshot {
    let text = serde_json::to_string(snapshot).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Cuts a run off, and lets another runner go on with it, as in another process.
async fn cut<W: Workflow>(handle: RunHandle<W>, flow: W) -> RunHandle<W> {
    let snapshot = handle.snapshot().await.unwrap();
    handle.cancel();
    drop(handle.await);
    let restored = Runner::new(flow).restore(carried(&snapshot)).unwrap();
    restored.restored_runs().remove(0)
}
