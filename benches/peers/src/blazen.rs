//! `blazen`: steps that take an event and return events, routed by the name of the event's type.
//!
//! The integer travels in the event and the last one is the result of the run. Timeouts and the
//! publishing of lifecycle events are off. Where nothing is joined, lenient routing is on, since
//! the engine then keeps no copy of every event it has routed; both are options of the builder.
//!
//! The steps are registered with handlers that read the event in place, which `#[step]` would
//! clone first. `crowd` adds no task per run, because starting a run already spawns one.

use std::any::Any;
use std::pin::Pin;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use blazen::{
    AnyEvent, Context, Event, StepOutput, StepRegistration, StopEvent, Workflow, WorkflowBuilder,
    WorkflowError, WorkflowHandler,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{Model, in_turn};
use crate::{BRANCHES, CHAIN, Case, TURNS};

const NAMES: [&str; CHAIN as usize] = [
    "hop-0", "hop-1", "hop-2", "hop-3", "hop-4", "hop-5", "hop-6", "hop-7", "hop-8", "hop-9",
];

/// The integer, on its way to the step that takes number `N`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Hop<const N: usize>(u64);

impl<const N: usize> Event for Hop<N> {
    fn event_type() -> &'static str {
        NAMES[N]
    }

    fn event_type_id(&self) -> &'static str {
        NAMES[N]
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn clone_boxed(&self) -> Box<dyn AnyEvent> {
        Box::new(self.clone())
    }

    fn to_json(&self) -> Value {
        Value::from(self.0)
    }
}

type Output = Result<StepOutput, WorkflowError>;
type Running = Pin<Box<dyn Future<Output = Output> + Send>>;

struct Machine(Workflow);

impl Machine {
    async fn start(&self) -> Result<WorkflowHandler> {
        Ok(self.0.run_with_event(Hop::<0>(0)).await?)
    }
}

impl Model for Machine {
    async fn run(&self) -> Result<u64> {
        finish(self.start().await?).await
    }
}

pub(crate) fn chain() -> Result<Option<Case>> {
    Ok(Some(in_turn(chained()?)))
}

pub(crate) fn crowd() -> Result<Option<Case>> {
    let machine = Arc::new(chained()?);
    let case: Case = Box::new(move |runs| Box::pin(all_at_once(Arc::clone(&machine), runs)));
    Ok(Some(case))
}

pub(crate) fn cycle() -> Result<Option<Case>> {
    let step = step::<0>(|turns, _| ready(turn(turns + 1)));
    let builder = builder().lenient_routing(true).step(step);
    Ok(Some(in_turn(Machine(builder.build()?))))
}

pub(crate) fn fan() -> Result<Option<Case>> {
    let builder = builder()
        .step(step::<0>(|_, _| ready(spread())))
        .step(step::<1>(|n, _| ready(one(Hop::<2>(n + 1)))))
        .step(step::<2>(|_, context| Box::pin(join(context))));
    Ok(Some(in_turn(Machine(builder.build()?))))
}

async fn all_at_once(machine: Arc<Machine>, runs: u64) -> Result<u64> {
    let mut handlers = Vec::new();
    for _ in 0..runs {
        handlers.push(machine.start().await?);
    }
    let mut total = 0;
    for handler in handlers {
        total += finish(handler).await?;
    }
    Ok(total)
}

async fn finish(handler: WorkflowHandler) -> Result<u64> {
    let end = handler.result().await?.event;
    let stop = (*end).as_any().downcast_ref::<StopEvent>();
    stop.and_then(|stop| stop.result.as_u64())
        .context("a run ended without its integer")
}

fn chained() -> Result<Machine> {
    let builder = builder()
        .lenient_routing(true)
        .step(hop::<0, 1>())
        .step(hop::<1, 2>())
        .step(hop::<2, 3>())
        .step(hop::<3, 4>())
        .step(hop::<4, 5>())
        .step(hop::<5, 6>())
        .step(hop::<6, 7>())
        .step(hop::<7, 8>())
        .step(hop::<8, 9>())
        .step(step::<9>(|n, _| ready(stop(n + 1))));
    Ok(Machine(builder.build()?))
}

fn builder() -> WorkflowBuilder {
    WorkflowBuilder::new("bench")
        .no_timeout()
        .auto_publish_events(false)
}

/// The step that takes number `FROM` and hands the integer on to number `TO`.
fn hop<const FROM: usize, const TO: usize>() -> StepRegistration {
    step::<FROM>(|n, _| ready(one(Hop::<TO>(n + 1))))
}

/// The step that takes number `N` and does what `body` makes of its integer.
fn step<const N: usize>(body: fn(u64, Context) -> Running) -> StepRegistration {
    let accepts = Hop::<N>::event_type();
    let handler = move |event: Box<dyn AnyEvent>, context: Context| match integer::<N>(&*event) {
        Some(n) => body(n, context),
        None => ready(Err(mismatch(&*event, accepts))),
    };
    StepRegistration::new(
        accepts.to_owned(),
        vec![accepts],
        Vec::new(),
        Arc::new(handler),
        0,
    )
}

fn integer<const N: usize>(event: &dyn AnyEvent) -> Option<u64> {
    event.as_any().downcast_ref::<Hop<N>>().map(|hop| hop.0)
}

fn mismatch(event: &dyn AnyEvent, expected: &'static str) -> WorkflowError {
    WorkflowError::EventDowncastFailed {
        expected,
        got: event.event_type_id().to_owned(),
    }
}

fn turn(turns: u64) -> Output {
    if turns == TURNS {
        stop(turns)
    } else {
        one(Hop::<0>(turns))
    }
}

fn spread() -> Output {
    let branches = (0..BRANCHES).map(|_| Box::new(Hop::<1>(0)) as Box<dyn AnyEvent>);
    Ok(StepOutput::Multiple(branches.collect()))
}

async fn join(context: Context) -> Output {
    match context.collect_events::<Hop<2>>(BRANCHES as usize).await {
        Some(joined) => stop(joined.iter().map(|hop| hop.0).sum()),
        None => Ok(StepOutput::None),
    }
}

fn one(event: impl Event + Serialize) -> Output {
    Ok(StepOutput::Single(Box::new(event)))
}

fn stop(n: u64) -> Output {
    one(StopEvent {
        result: Value::from(n),
    })
}

fn ready(output: Output) -> Running {
    Box::pin(std::future::ready(output))
}
