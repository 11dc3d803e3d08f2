//! Watching a run: what the driver tells of it, for the stream, the terminal, the history, traces and metrics.
//!
//! The observer stands at the broker's door. What goes in is read and its events are labelled with the invocation that
//! emitted them; what comes out is read and freed of its labels. So the broker, to which events are opaque, carries
//! the causes of everything without knowing of them, and a run that nobody watches has no labels at all.
//!
//! Invariants:
//! 1. No label leaves the broker: steps, streams and filters see the events themselves.
//! 2. What is told of an attempt comes before and after all that the attempt itself publishes.

mod chronicle;
mod commands;
mod events;
mod inputs;
mod label;
mod line;
#[cfg(feature = "metrics")]
mod meter;
#[cfg(not(feature = "metrics"))]
#[path = "observe/no_meter.rs"]
mod meter;
mod origin;
mod spans;
mod under_way;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tracing::{Instrument, Span};
use workflows_core::{AnyEvent, Broker, History, InvocationId, Routes, Timestamp};

pub use self::events::{
    EventUnhandled, Given, RunIdle, RunPaused, RunResumed, StepAttemptFailed, StepFinished,
    StepResumed, StepStarted, StepWaiting, Taken,
};
use self::{
    events::Told, line::Printer, meter::Meter, origin::GivenUp, spans::Spans, under_way::UnderWay,
};
use crate::{context::RunContext, invocation::StepFuture};

/// What is to be told of a run, and to whom.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Watch {
    /// On the run's stream.
    pub(crate) internal_events: bool,
    /// On stderr.
    pub(crate) verbose: bool,
    /// In the run's history.
    pub(crate) history: bool,
}

impl Watch {
    const fn wants_events(self) -> bool {
        self.internal_events || self.verbose || self.history
    }
}

fn lock(history: &Mutex<History>) -> MutexGuard<'_, History> {
    history.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Watches one run.
pub(crate) struct Observer {
    run: Arc<RunContext>,
    routes: Arc<Routes>,
    watch: Watch,
    /// The clock when the run was started, less the time that it was under way before it was restored.
    began: Timestamp,
    /// How long the run was under way before.
    alive: Duration,
    spans: Spans,
    printer: Option<Printer>,
    /// The invocations that have begun and are not done, by their serials.
    under_way: BTreeMap<u64, UnderWay>,
    given_up: GivenUp,
    is_idle: bool,
    meter: Meter,
}

impl Observer {
    /// The observer of a run, where there is anybody to tell.
    pub(crate) fn of(
        run: &Arc<RunContext>,
        routes: &Arc<Routes>,
        watch: Watch,
    ) -> Option<Box<Self>> {
        let spans = Spans::of_run(run, routes.graph());
        if spans.is_off() && !watch.wants_events() && !Meter::IS_ON {
            return None;
        }
        if watch.history {
            let history = History::new(*routes.graph());
            run.history.get_or_init(|| Box::new(Mutex::new(history)));
        }
        Some(Box::new(Self {
            printer: watch
                .verbose
                .then(|| Printer::new(run.id(), routes.graph().name())),
            run: Arc::clone(run),
            routes: Arc::clone(routes),
            watch,
            began: run.clock.now(),
            alive: Duration::ZERO,
            spans,
            under_way: BTreeMap::new(),
            given_up: GivenUp::default(),
            is_idle: false,
            meter: Meter::begin(routes.graph().name()),
        }))
    }

    /// The run was under way before, for so long.
    pub(crate) const fn goes_on_after(&mut self, alive: Duration) {
        self.alive = alive;
    }

    /// Whether anybody wants to know where events come from.
    const fn labels(&self) -> bool {
        !self.spans.is_off() || self.watch.wants_events()
    }

    /// The time since the run began.
    fn at(&self) -> Duration {
        self.alive
            .saturating_add(self.run.clock.now().since(self.began))
    }

    fn tell(&mut self, told: impl Into<Told>) {
        let told = told.into();
        if let Some(printer) = &self.printer {
            printer.print(&told);
        }
        if let Some(history) = self.run.history.get() {
            chronicle::note(&mut lock(history), &told);
        }
        if self.watch.internal_events && self.run.log.is_open() {
            self.run.log.publish(told.into_event());
        }
    }

    /// The broker has taken a tick in.
    pub(crate) fn reduced(&mut self, broker: &Broker<Box<dyn AnyEvent>>) {
        self.meter.queue(broker.queued());
    }

    /// All that has happened is reduced, and the driver goes to sleep.
    #[cold]
    pub(crate) fn sleeps(&mut self, broker: &Broker<Box<dyn AnyEvent>>) {
        self.meter.goes_on(self.at());
        if self.is_idle || !self.watch.wants_events() || !broker.is_idle() {
            return;
        }
        self.is_idle = true;
        let now = self.run.clock.now();
        let names = broker.running_steps().into_iter();
        let names = names.map(|step| self.routes.step(step).name.to_owned());
        self.tell(RunIdle {
            waiting: names.collect(),
            wakes_in: broker.next_due().map(|due| due.since(now)),
            at: self.at(),
        });
    }

    /// The span that an attempt runs in; none where nobody is interested.
    pub(crate) fn span_of(&self, id: InvocationId) -> Span {
        let under_way = self.under_way.get(&id.serial());
        under_way.map_or_else(Span::none, UnderWay::span_of_attempt)
    }

    /// An attempt in its span.
    #[cold]
    pub(crate) fn in_span<'run>(
        &self,
        id: InvocationId,
        work: StepFuture<'run>,
    ) -> StepFuture<'run> {
        let span = self.span_of(id);
        if span.is_disabled() {
            return work;
        }
        Box::pin(work.instrument(span))
    }

    /// An attempt is over; what comes of it is reduced a little later.
    #[cold]
    pub(crate) fn is_over(&mut self, id: InvocationId) {
        let at = self.at();
        if let Some(under_way) = self.under_way.get_mut(&id.serial()) {
            under_way.over_at = Some(at);
        }
    }
}
