//! One running of a step: its arguments, its future, its outcome.

use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::Poll,
};

use futures_util::FutureExt;
use workflows_core::{
    AnyEvent, BoxError, Caught, Earlier, Event, Failure, InvocationId, Outbox, Routes, StepId,
    StepInput, StepSpec, Timestamp,
};

use crate::{
    caught::StepFailed,
    context::{Context, RunContext},
    emitter::{Emitter, Sent},
    resources::{Factory, FromConfig, Resources, Threshold},
    seat::Seat,
    waiter::Waiter,
};

type AnyBox = Box<dyn AnyEvent>;

/// The future of one invocation.
pub type StepFuture<'run> = Pin<Box<dyn Future<Output = Result<Outbox, BoxError>> + Send + 'run>>;

/// A resource that may be on its way. Not a type that depends on bounds: what does not fit is said once.
pub(crate) type ResourceFuture<P> = Pin<Box<dyn Future<Output = Result<P, BoxError>> + Send>>;

/// What a step is called with.
pub struct Call<'a> {
    run: &'a Arc<RunContext>,
    routes: &'a Routes,
    task: Task,
    earlier: Option<Arc<Earlier>>,
    sent: Option<Sent>,
    input: Arguments,
    threshold: Option<Threshold>,
}

/// What a step is called with and has not taken yet.
enum Arguments {
    One(AnyBox),
    Many(std::vec::IntoIter<AnyBox>),
    Caught(Box<Caught>),
    Nothing,
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        run: &'a Arc<RunContext>,
        routes: &'a Routes,
        task: Task,
        earlier: Option<Arc<Earlier>>,
        input: StepInput,
    ) -> Self {
        let input = match input {
            StepInput::One(event) => Arguments::One(event),
            StepInput::All(events) | StepInput::Collected(events) => {
                Arguments::Many(events.into_iter())
            }
            StepInput::Caught(caught) => Arguments::Caught(caught),
        };
        Self {
            run,
            routes,
            task,
            earlier,
            sent: None,
            input,
            threshold: None,
        }
    }

    fn step(&self) -> &'static StepSpec {
        self.routes.step(self.task.step)
    }

    /// Collects what the step's emitters send.
    pub fn open(&mut self) -> Sent {
        self.sent.get_or_insert_default().clone()
    }

    fn seat(&self) -> Seat {
        Seat {
            run: Arc::clone(self.run),
            step: self.step(),
            id: self.task.id,
            began: self.task.began,
            earlier: self.earlier.clone(),
            sent: self.sent.clone(),
        }
    }

    /// The context.
    #[must_use]
    pub fn context<S>(&self) -> Context<S> {
        Context::new(self.seat())
    }

    /// An emitter.
    #[must_use]
    pub fn emitter<E>(&self) -> Emitter<E> {
        Emitter::new(self.seat())
    }

    /// A waiter.
    #[must_use]
    pub fn waiter<E>(&self) -> Waiter<E> {
        Waiter::new(self.seat())
    }

    /// Has the future stop at the threshold, until it is polled where its body shall run.
    pub(crate) fn stop_at(&mut self, threshold: Option<Threshold>) {
        self.threshold = threshold;
    }

    /// To be awaited between the resources and the body of the step.
    pub fn threshold(&mut self) -> impl Future<Output = ()> + Send + use<> {
        let threshold = self.threshold.take();
        async move {
            if let Some(threshold) = threshold {
                threshold.cross().await;
            }
        }
    }

    /// A resource: the runner's one.
    pub fn resource<P: 'static, F: Factory<P, How>, How: 'static>(
        &self,
        factory: F,
    ) -> ResourceFuture<P> {
        let resources = Resources::new(&self.run.resources, None);
        Box::pin(async move { Ok(resources.get(factory).await?) })
    }

    /// A resource of the invocation's own.
    pub fn own_resource<P: 'static, F: Factory<P, How>, How: 'static>(
        &self,
        factory: F,
    ) -> ResourceFuture<P> {
        let resources = Resources::new(&self.run.resources, None);
        Box::pin(async move { Ok(resources.make(factory).await?) })
    }

    /// A part of a config file.
    pub fn config<P: FromConfig + 'static>(
        &self,
        file: &'static str,
        path: &'static str,
    ) -> ResourceFuture<P> {
        let resources = Resources::new(&self.run.resources, None);
        Box::pin(async move { Ok(P::read(resources, file, path).await?) })
    }

    /// What the step handles.
    ///
    /// # Errors
    /// The step is no handler.
    pub fn caught(&mut self) -> Result<StepFailed, BoxError> {
        match std::mem::replace(&mut self.input, Arguments::Nothing) {
            Arguments::Caught(caught) => Ok(StepFailed::new(*caught, self.routes)),
            Arguments::One(_) | Arguments::Many(_) | Arguments::Nothing => {
                let step = self.step().name;
                Err(format!("step `{step}` was called without a failure").into())
            }
        }
    }

    /// The one event of the step.
    ///
    /// # Errors
    /// The event is not of the type that the step takes.
    pub fn event<E>(
        &mut self,
        from_event: impl Fn(AnyBox) -> Result<E, AnyBox>,
    ) -> Result<E, BoxError> {
        match std::mem::replace(&mut self.input, Arguments::Nothing) {
            Arguments::One(event) => from_event(event).map_err(|event| self.refuses(&event)),
            Arguments::Many(_) | Arguments::Caught(_) | Arguments::Nothing => Err(self.lacks()),
        }
    }

    /// The next slot of a join.
    ///
    /// # Errors
    /// The event is not of the type that the step takes.
    pub fn slot<E>(
        &mut self,
        from_event: impl Fn(AnyBox) -> Result<E, AnyBox>,
    ) -> Result<E, BoxError> {
        let event = match &mut self.input {
            Arguments::Many(events) => events.next(),
            Arguments::One(_) | Arguments::Caught(_) | Arguments::Nothing => None,
        };
        let event = event.ok_or_else(|| self.lacks())?;
        from_event(event).map_err(|event| self.refuses(&event))
    }

    /// What a fan-out brought.
    ///
    /// # Errors
    /// An event is not of the type that the step takes.
    pub fn collected<E>(
        &mut self,
        from_event: impl Fn(AnyBox) -> Result<E, AnyBox>,
    ) -> Result<Vec<E>, BoxError> {
        match std::mem::replace(&mut self.input, Arguments::Nothing) {
            Arguments::Many(events) => events
                .map(|event| from_event(event).map_err(|event| self.refuses(&event)))
                .collect(),
            Arguments::One(_) | Arguments::Caught(_) | Arguments::Nothing => Err(self.lacks()),
        }
    }

    /// The error for a step that the workflow does not have.
    #[must_use]
    pub fn unknown(&self) -> BoxError {
        format!("the workflow has no step `{}`", self.step().name).into()
    }

    #[cold]
    fn lacks(&self) -> BoxError {
        format!("step `{}` was called with too few events", self.step().name).into()
    }

    #[cold]
    fn refuses(&self, event: &AnyBox) -> BoxError {
        format!("step `{}` does not take {event:?}", self.step().name).into()
    }
}

/// The invocation of a step: runs it and collects what it returns.
pub fn invoke<'run, T: 'run>(
    step: impl Future<Output = T> + Send + 'run,
    emit: impl FnOnce(T, &mut Outbox) -> Result<(), BoxError> + Send + 'run,
) -> StepFuture<'run> {
    // An `async` block would hold the step's future twice.
    Box::pin(step.map(|output| {
        let mut outbox = Outbox::new();
        emit(output, &mut outbox)?;
        Ok(outbox)
    }))
}

/// The invocation of a step that sends: what it sends comes before what it returns.
pub fn invoke_sending<'run, T: 'run>(
    step: impl Future<Output = T> + Send + 'run,
    emit: impl FnOnce(T, &mut Outbox) -> Result<(), BoxError> + Send + 'run,
    sent: Sent,
) -> StepFuture<'run> {
    Box::pin(step.map(|output| {
        let mut outbox = sent.close();
        emit(output, &mut outbox)?;
        Ok(outbox)
    }))
}

/// How an invocation ended.
pub(crate) type Outcome = Result<Outbox, Failure>;

/// An attempt that is under way.
pub(crate) struct Invocation<'run> {
    pub(crate) task: Task,
    /// `None` before it begins, and while it is dropped.
    future: Option<StepFuture<'run>>,
}

/// Which attempt of which invocation something is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task {
    pub(crate) id: InvocationId,
    pub(crate) step: StepId,
    /// When the first attempt began.
    pub(crate) began: Timestamp,
    /// How many attempts have failed.
    pub(crate) failures: u32,
}

impl<'run> Invocation<'run> {
    pub(crate) const fn new(task: Task) -> Self {
        Self { task, future: None }
    }

    /// Calls the step and polls it once.
    pub(crate) fn begin(
        &mut self,
        call: impl FnOnce() -> StepFuture<'run>,
        cx: &mut std::task::Context<'_>,
    ) -> Poll<Outcome> {
        let future = &mut self.future;
        guarded(|| future.insert(call()).as_mut().poll(cx))
    }
}

/// A panic is the failure of the step.
fn guarded(poll: impl FnOnce() -> Poll<Result<Outbox, BoxError>>) -> Poll<Outcome> {
    match catch_unwind(AssertUnwindSafe(poll)) {
        Ok(poll) => poll.map(|result| result.map_err(Failure::error)),
        Err(panic) => Poll::Ready(Err(Failure::panic(panic_message(&*panic)))),
    }
}

/// A panic in the destructors of a step that is given up is that step's own: the others are dropped all the same.
impl Drop for Invocation<'_> {
    fn drop(&mut self) {
        let future = self.future.take();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(future))) {
            let message = panic_message(&*panic);
            tracing::warn!(message, "a step panicked while it was dropped");
        }
    }
}

impl Future for Invocation<'_> {
    type Output = (Task, Outcome);

    fn poll(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        let task = self.task;
        let Some(future) = &mut self.future else {
            return Poll::Pending;
        };
        guarded(|| future.as_mut().poll(cx)).map(|outcome| (task, outcome))
    }
}

/// The message of a panic.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> String {
    if let Some(message) = panic.downcast_ref::<&str>() {
        (*message).to_owned()
    } else if let Some(message) = panic.downcast_ref::<String>() {
        message.clone()
    } else {
        "the step panicked with a value that is not a string".to_owned()
    }
}

/// Takes an event out of its box.
pub(crate) fn downcast<E: Event>(event: AnyBox) -> Result<E, AnyBox> {
    workflows_core::EventSet::from_event(event)
}
