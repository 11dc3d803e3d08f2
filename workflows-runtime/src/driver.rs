//! Drives one run: takes ticks to the broker and carries its commands out. Decides nothing.

mod admission;
mod alarm;
mod budget;
mod call;
mod mail;
mod outcome;
mod pending;
mod scratch;

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::sync::{Semaphore, oneshot};
use workflows_core::{
    AnyEvent, Broker, Command, Earlier, Emission, Ending, Input, InvocationId, Limits, OfferId,
    Routes, StepId, StepInput, Tick, Timestamp, WaitKey,
};

use self::{
    admission::Admission, alarm::Alarm, budget::Budget, pending::Pending, scratch::Scratch,
};
use crate::{
    context::RunContext,
    invocation::{Invocation, Task},
    observe::Observer,
    session::Recorded,
    workflow::Steps,
};

/// After this many ticks the driver lets other tasks of its thread run.
const TICKS_PER_POLL: usize = 256;

/// What all runs of a runner have in common.
pub(crate) struct Conditions {
    pub(crate) flow: Arc<dyn Steps>,
    pub(crate) routes: Arc<Routes>,
    /// The places of the concurrent runs, where they are limited.
    pub(crate) places: Option<Arc<Semaphore>>,
    pub(crate) limits: Limits,
}

/// How a run begins.
pub(crate) enum Beginning {
    Fresh {
        start: Emission<Box<dyn AnyEvent>>,
        /// Whether somebody may ask for a snapshot.
        is_watched: bool,
    },
    /// It goes on from a snapshot.
    Restored {
        broker: Box<Broker<Box<dyn AnyEvent>>>,
        /// Whether nobody had paused it.
        resumes: bool,
        /// How long it was under way before.
        alive: Duration,
    },
}

impl Beginning {
    /// The broker, what happens first, and how long the run was under way before.
    fn unfold(self, routes: &Arc<Routes>) -> (Broker<Box<dyn AnyEvent>>, Option<Input>, Duration) {
        match self {
            Self::Fresh { start, is_watched } => {
                let broker = Broker::new(Arc::clone(routes));
                let broker = if is_watched {
                    broker.keeping_inputs()
                } else {
                    broker
                };
                (broker, Some(Input::Started(start)), Duration::ZERO)
            }
            Self::Restored {
                broker,
                resumes,
                alive,
            } => (*broker, resumes.then_some(Input::Resumed), alive),
        }
    }
}

/// Runs a workflow from its start event to its end. Dropping the future cancels the run.
pub(crate) fn drive<'run>(
    conditions: &'run Conditions,
    run: &'run Arc<RunContext>,
    beginning: Beginning,
    timeout: Option<Duration>,
    mut observer: Option<Box<Observer>>,
) -> impl Future<Output = Ending> + Send {
    let (broker, first, alive) = beginning.unfold(&conditions.routes);
    if let Some(observer) = &mut observer {
        observer.goes_on_after(alive);
    }
    let mut scratch = Scratch::borrow();
    scratch.inputs.extend(first);
    let mut driver = Driver {
        conditions,
        run,
        broker: broker.limits(conditions.limits),
        scratch,
        snapshots: Vec::new(),
        pending: Pending::new(),
        admission: Admission::to(conditions.places.as_ref()),
        budget: Budget::new(timeout, alive),
        timer: Alarm::default(),
        now: Timestamp::default(),
        observer,
    };
    std::future::poll_fn(move |cx| driver.poll(cx))
}

struct Driver<'run> {
    conditions: &'run Conditions,
    run: &'run Arc<RunContext>,
    broker: Broker<Box<dyn AnyEvent>>,
    /// What has happened and is not reduced yet, and what the broker wants done.
    scratch: Scratch,
    /// Those who want a snapshot.
    snapshots: Vec<oneshot::Sender<Recorded>>,
    pending: Pending<'run>,
    admission: Admission,
    budget: Budget,
    /// Rings when something is due in the broker.
    timer: Alarm,
    now: Timestamp,
    observer: Option<Box<Observer>>,
}

impl Driver<'_> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Ending> {
        if self.scratch.is_empty() {
            self.scratch = Scratch::borrow();
        }
        let ending = self.work(cx);
        if self.scratch.is_empty() {
            std::mem::take(&mut self.scratch).give_back();
        }
        ending
    }

    fn work(&mut self, cx: &mut Context<'_>) -> Poll<Ending> {
        self.pending.rouse();
        self.run.mailbox.rouse(cx.waker());
        self.read_mailbox();
        let cancelled = matches!(self.scratch.inputs.front(), Some(Input::Cancelled));
        if !self.admission.is_granted(cx) && !cancelled {
            self.answer_snapshots();
            if !self.run.mailbox.sleep() {
                cx.waker().wake_by_ref();
            }
            return Poll::Pending;
        }
        self.read_clock();
        self.check_alarms(cx);
        for _ in 0..TICKS_PER_POLL {
            if let Some(input) = self.scratch.inputs.pop_front() {
                let ending = if self.observer.is_some() {
                    self.watched_tick(input, cx)
                } else {
                    self.tick::<false>(input, cx)
                };
                if let Some(ending) = ending {
                    return Poll::Ready(ending);
                }
            } else if !self.snapshots.is_empty() {
                self.answer_snapshots();
            } else if let Poll::Ready((task, outcome)) = self.pending.poll(cx) {
                self.finished(task, outcome);
            } else if self.set_timer(cx) {
                self.scratch.inputs.push_back(Input::Due);
            } else if !self.run.mailbox.sleep() {
                self.read_mailbox();
            } else {
                if let Some(observer) = &mut self.observer {
                    observer.sleeps(&self.broker);
                }
                return Poll::Pending;
            }
        }
        self.look_around(cx);
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Looks at all that the steps which are ready at once would keep waiting: they may go on for ever.
    fn look_around(&mut self, cx: &mut Context<'_>) {
        while let Poll::Ready((task, outcome)) = self.pending.poll(cx) {
            self.finished(task, outcome);
        }
        // Before what is due: a wait that was given up is not ended by its timer.
        self.read_mailbox();
        if self.set_timer(cx) {
            self.scratch.inputs.push_back(Input::Due);
        }
        self.answer_snapshots();
    }

    fn read_clock(&mut self) {
        self.now = self.run.clock.now();
    }

    fn check_alarms(&mut self, cx: &mut Context<'_>) {
        if !self.broker.is_paused() {
            self.budget.go_on(self.now, &self.run.clock);
        }
        if self.budget.is_over(cx) {
            self.scratch.inputs.push_front(Input::TimedOut);
        }
        if self.timer.rings(cx) {
            self.scratch.inputs.push_back(Input::Due);
        }
    }

    /// Lets the time of the run stand still or go on, as the run does.
    fn keep_time(&mut self, cx: &Context<'_>) {
        if self.broker.is_paused() {
            self.budget.stand_still(self.now);
        } else {
            // The next poll sets the time that is left.
            cx.waker().wake_by_ref();
        }
    }

    /// Has the driver woken when something is due; says whether that is now.
    fn set_timer(&mut self, cx: &mut Context<'_>) -> bool {
        let due = self.broker.next_due();
        self.timer.set(due.map(|due| self.run.clock.instant(due)));
        let is_due = self.timer.rings(cx);
        if is_due {
            self.read_clock();
        }
        is_due
    }

    /// Out of the way of the runs that nobody watches.
    #[cold]
    fn watched_tick(&mut self, input: Input, cx: &mut Context<'_>) -> Option<Ending> {
        self.tick::<true>(input, cx)
    }

    fn tick<const WATCHED: bool>(
        &mut self,
        mut input: Input,
        cx: &mut Context<'_>,
    ) -> Option<Ending> {
        if WATCHED && let Some(observer) = &mut self.observer {
            observer.input(&mut input);
        }
        let mut commands = std::mem::take(&mut self.scratch.commands);
        let at = self.now;
        let was_paused = self.broker.is_paused();
        self.broker.reduce(Tick { at, input }, &mut commands);
        if self.broker.is_paused() != was_paused {
            self.keep_time(cx);
        }
        if WATCHED && let Some(observer) = &mut self.observer {
            observer.reduced(&self.broker);
        }
        let mut ending = None;
        let mut verdicts = Vec::new();
        for mut command in commands.drain(..) {
            if WATCHED && let Some(observer) = &mut self.observer {
                observer.command(&mut command);
            }
            match command {
                Command::Invoke {
                    invocation,
                    step,
                    input,
                    earlier,
                } => self.invoke(invocation, step, input, earlier, cx),
                Command::Offer {
                    offer,
                    invocation,
                    key,
                    event,
                } => verdicts.push(self.judged(offer, invocation, &key, &*event)),
                Command::Answer {
                    invocation,
                    key,
                    answer,
                } => {
                    self.run.desk.answer(invocation, &key, answer);
                    self.pending.rouse();
                }
                Command::Publish(event) => self.run.log.publish(event.into()),
                Command::Unhandled { .. } => {}
                Command::Finish(end) => ending = Some(end),
            }
        }
        self.scratch.commands = commands;
        // Before whatever else has happened, the oldest event first.
        for verdict in verdicts.into_iter().rev() {
            self.scratch.inputs.push_front(verdict);
        }
        ending
    }

    /// Begins an attempt and polls it once: most steps of a busy run are done then.
    fn invoke(
        &mut self,
        id: InvocationId,
        step: StepId,
        input: StepInput,
        earlier: Option<Box<Earlier>>,
        cx: &mut Context<'_>,
    ) {
        let earlier: Option<Arc<Earlier>> = earlier.map(|earlier| Arc::new(*earlier));
        if let Some(earlier) = &earlier {
            self.run.desk.begin_again(id, earlier);
        }
        let task = Task {
            id,
            step,
            began: earlier.as_ref().map_or(self.now, |earlier| earlier.began),
            failures: earlier.as_ref().map_or(0, |earlier| earlier.failures),
        };
        let mut attempt = Invocation::new(task);
        match attempt.begin(|| self.call(task, earlier, input), cx) {
            Poll::Ready(outcome) => self.finished(task, outcome),
            Poll::Pending => self.pending.push(attempt),
        }
    }

    /// Lets a wait look at an event, and tells what it says.
    fn judged(
        &self,
        offer: OfferId,
        id: InvocationId,
        key: &WaitKey,
        event: &dyn AnyEvent,
    ) -> Input {
        let judge = || self.run.desk.judge(id, key, event);
        let takes = catch_unwind(AssertUnwindSafe(judge)).unwrap_or_else(|panic| {
            self.run.desk.panic(id, key, panic);
            false
        });
        Input::Judged { offer, takes }
    }
}
