//! Sessions: runs that share a state, one after the other or at once.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::sync::oneshot;
use workflows_core::{Json, Misfit};

use crate::{
    context::RunContext,
    driver::Beginning,
    handle::RunHandle,
    json,
    mailbox::Message,
    run::{self, Run},
    runner::Runner,
    snapshot::{self, RestoreError, RunSnapshot, Snapshot, SnapshotError},
    store::{AnyStore, Store},
    stream::EventLog,
    workflow::Workflow,
};

/// Runs of one workflow that share a state: what one leaves behind, the next one finds. Cheap to clone.
pub struct Session<W: Workflow> {
    runner: Runner<W>,
    pub(crate) shared: Arc<Shared<W>>,
}

pub(crate) struct Shared<W: Workflow> {
    pub(crate) store: Arc<Store<W::State>>,
    /// The runs that may be under way.
    runs: Mutex<Vec<Weak<RunContext>>>,
    /// Those that went on from a snapshot, until somebody takes them.
    restored: Mutex<Vec<RunHandle<W>>>,
}

impl<W: Workflow> Shared<W> {
    /// Makes a run part of the session's snapshots.
    pub(crate) fn add(&self, run: &Arc<RunContext>) {
        let mut runs = self.runs();
        runs.retain(|run| run.upgrade().is_some_and(|run| !run.mailbox.is_closed()));
        runs.push(Arc::downgrade(run));
    }

    fn runs(&self) -> MutexGuard<'_, Vec<Weak<RunContext>>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Workflow> Session<W> {
    pub(crate) fn new(runner: Runner<W>, state: W::State) -> Self {
        let shared = Shared {
            store: Arc::new(Store::new(state)),
            runs: Mutex::default(),
            restored: Mutex::default(),
        };
        Self {
            runner,
            shared: Arc::new(shared),
        }
    }

    /// One run: await it for its result, or [`start`](Run::start) it for a handle. It begins with the state that the
    /// session has, and what it does to the state stays, whatever becomes of it.
    pub fn run(&self, input: W::Input) -> Run<W> {
        self.runner.run(input).in_session(Arc::clone(&self.shared))
    }

    /// The state that the runs share.
    #[must_use]
    pub fn store(&self) -> &Store<W::State> {
        &self.shared.store
    }

    /// The runs that went on from a snapshot: those that were under way when it was taken. Whoever asks first gets
    /// them.
    #[must_use]
    pub fn restored_runs(&self) -> Vec<RunHandle<W>> {
        let mut restored = self.shared.restored.lock();
        std::mem::take(restored.as_mut().unwrap_or_else(|error| error.get_mut()))
    }

    /// The session as plain data: the state, and what is in flight in each of its runs. The runs go on.
    ///
    /// The state is that of the moment at which the last of the runs was looked at: where several are under way, pause
    /// them first, so that none of the others commits anything in between.
    ///
    /// # Errors
    /// The state or an event in flight cannot be written as JSON.
    ///
    /// # Cancel safety
    /// Changes nothing.
    pub async fn snapshot(&self) -> Result<Snapshot, SnapshotError> {
        let (runs, state) = loop {
            if let Some(records) = self.records().await? {
                break records;
            }
        };
        let state = match state {
            Some(state) => state,
            None => json::readable(|| self.shared.store.to_json()).map_err(SnapshotError::State)?,
        };
        Ok(Snapshot::new(&W::GRAPH, Json(state), runs))
    }

    /// What is in flight in each run, and the state when the last of them was looked at; `None` where one has ended
    /// meanwhile, so that the state may lack what it has committed.
    async fn records(&self) -> Result<Option<Records>, SnapshotError> {
        let runs: Vec<_> = self
            .shared
            .runs()
            .iter()
            .filter_map(Weak::upgrade)
            .collect();
        let (mut records, mut state) = (Vec::new(), None);
        for run in runs.iter().filter(|run| !run.mailbox.is_closed()) {
            match record(run).await {
                Ok((run, with)) => {
                    records.push(run);
                    state = Some(with);
                }
                Err(SnapshotError::Ended) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(Some((records, state)))
    }

    /// The session that a snapshot was taken of, its runs under way.
    pub(crate) fn restore(runner: Runner<W>, snapshot: Snapshot) -> Result<Self, RestoreError> {
        let mut misfits = snapshot.misfits(&W::GRAPH);
        let state = serde_json::from_value(snapshot.state.0);
        let state = state.map_err(|error| misfits.push(Misfit::State(error.to_string())));
        let routes = &runner.shared.conditions.routes;
        let mut brokers = Vec::new();
        let mut ids = BTreeSet::new();
        for run in snapshot.runs {
            misfits.extend(Misfit::check_counter(run.stream).err());
            if !ids.insert(run.id) {
                misfits.push(Misfit::Damaged(format!("run {} is there twice", run.id)));
            }
            if run.in_flight.now() > run.taken_at {
                misfits.push(Misfit::Damaged("its clock is ahead of itself".to_owned()));
            }
            let resumes = !run.in_flight.is_paused();
            let read = |record| snapshot::read(routes, record);
            match run.in_flight.restore(Arc::clone(routes), &read) {
                Ok(broker) => {
                    let beginning = Beginning::Restored {
                        broker: Box::new(broker),
                        resumes,
                        alive: run.alive,
                    };
                    let context = (run.id, run.taken_at, run.stream);
                    brokers.push((context, run.timeout, beginning));
                }
                Err(more) => misfits.extend(more),
            }
        }
        let (Ok(state), true) = (state, misfits.is_empty()) else {
            let workflow = W::GRAPH.name();
            return Err(RestoreError { workflow, misfits });
        };
        let session = Self::new(runner, state);
        for ((id, now, stream), timeout, beginning) in brokers {
            let log = EventLog::new(session.runner.shared.stream_capacity, stream);
            let store = Arc::clone(&session.shared.store);
            let resources = Arc::clone(&session.runner.shared.resources);
            let context = RunContext::restored(
                id,
                now,
                store,
                log,
                resources,
                session.runner.shared.max_event_bytes,
            );
            let context = Arc::new(context);
            session.shared.add(&context);
            let shared = Arc::clone(&session.runner.shared);
            let watch = shared.watch;
            let handle = run::start(shared, context, beginning, timeout, watch);
            let mut restored = session.shared.restored.lock();
            restored
                .as_mut()
                .unwrap_or_else(|error| error.get_mut())
                .push(handle);
        }
        Ok(session)
    }
}

/// What is in flight in a run, and the state at that moment.
pub(crate) async fn record(run: &RunContext) -> Recorded {
    let (reply, record) = oneshot::channel();
    if !run.mailbox.post(Message::Snapshot(reply)) {
        return Err(SnapshotError::Ended);
    }
    // Dropped unanswered where the run ends first.
    record.await.unwrap_or(Err(SnapshotError::Ended))
}

type Records = (Vec<RunSnapshot>, Option<serde_json::Value>);

/// What the driver answers.
pub(crate) type Recorded = Result<(RunSnapshot, serde_json::Value), SnapshotError>;

impl<W: Workflow> Clone for Session<W> {
    fn clone(&self) -> Self {
        Self {
            runner: self.runner.clone(),
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<W: Workflow> fmt::Debug for Session<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("workflow", &W::GRAPH.name())
            .finish_non_exhaustive()
    }
}
