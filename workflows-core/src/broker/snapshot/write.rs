//! From a broker to a record.

use super::record::{
    CaughtRecord, CollectorRecord, DeliveryRecord, DueRecord, EventRecord, FailureRecord,
    FanOutRecord, InputRecord, InvocationRecord, JoinRecord, Json, KeptRecord, PlaceRecord,
    QueuedRecord, RunRecord, StageRecord, WaitRecord,
};
use crate::{
    broker::{
        Broker, Queued,
        fan_out::FanOut,
        invocation::{Invocation, Record, Stage},
        join::Join,
        place::{Place, Scope},
        timers::{Timer, TimerKey},
        waiting::Waiting,
        waits::{OpenWait, Over},
    },
    routes::{EventKey, StepId},
    tick::{Answer, Failure, Input, StepInput, Tick},
};

impl<P: Clone> Broker<P> {
    /// What is in flight, in time proportional to it. `write` makes a record of an event.
    ///
    /// Only a broker that is [`keeping_inputs`](Broker::keeping_inputs) knows what the running steps run on: of another
    /// one those are left out.
    ///
    /// # Errors
    /// The first that `write` returns.
    pub fn record<E>(&self, write: &dyn Fn(&P) -> Result<EventRecord, E>) -> Result<RunRecord, E> {
        let writer = Writer {
            broker: self,
            write,
        };
        writer.record()
    }

    /// What will be in flight when `ticks` are reduced as well, with nothing new begun on their way; `None` where they
    /// end the run.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub fn record_after<E>(
        &self,
        ticks: impl ExactSizeIterator<Item = Tick<P>>,
        write: &dyn Fn(&P) -> Result<EventRecord, E>,
    ) -> Result<Option<RunRecord>, E> {
        if ticks.len() == 0 {
            return self.record(write).map(Some);
        }
        let mut later = self.clone();
        later.paused = true;
        let (mut paused, mut commands) = (self.paused, Vec::new());
        for tick in ticks {
            if matches!(tick.input, Input::Paused | Input::Resumed) {
                paused = matches!(tick.input, Input::Paused);
            } else {
                later.reduce(tick, &mut commands);
            }
            commands.clear();
        }
        if later.is_ended() {
            return Ok(None);
        }
        later.paused = paused;
        later.record(write).map(Some)
    }
}

struct Writer<'a, P, E> {
    broker: &'a Broker<P>,
    write: &'a dyn Fn(&P) -> Result<EventRecord, E>,
}

impl<P: Clone, E> Writer<'_, P, E> {
    fn record(&self) -> Result<RunRecord, E> {
        let broker = self.broker;
        let mut invocations = Vec::new();
        for (_, invocation) in &broker.invocations {
            invocations.extend(self.invocation(invocation)?);
        }
        invocations.sort_unstable_by_key(|invocation| invocation.serial);
        let steps = broker.routes.step_ids().zip(&broker.steps);
        let queued = steps.flat_map(|(step, of)| of.queue.iter().map(move |work| (step, work)));
        let queued = queued.map(|(step, work)| self.queued(step, work));
        let joins = broker.joins.iter();
        let joins = joins.map(|((step, scope), join)| self.join(*step, *scope, join));
        let fan_outs = broker.fan_outs.iter();
        let fan_outs = fan_outs.map(|(number, fan_out)| self.fan_out(number, fan_out));
        Ok(RunRecord {
            now: broker.now,
            paused: broker.paused,
            serial: broker.serial,
            timers: broker.timers.serial(),
            waits: broker.waiting.get().map_or(0, Waiting::serial),
            invocations,
            queued: queued.collect::<Result<_, E>>()?,
            joins: joins.collect::<Result<_, E>>()?,
            fan_outs: fan_outs.collect::<Result<_, E>>()?,
            deliveries: self.deliveries()?,
            kept: self.kept()?,
        })
    }

    fn step(&self, step: StepId) -> String {
        self.broker.routes.step(step).name.to_owned()
    }

    fn event(&self, event: EventKey) -> String {
        self.broker.routes.event(event).name().to_owned()
    }

    fn all<'p>(&self, events: impl IntoIterator<Item = &'p P>) -> Result<Vec<EventRecord>, E>
    where
        P: 'p,
    {
        events.into_iter().map(self.write).collect()
    }

    fn place(&self, place: Place) -> PlaceRecord {
        let recoveries = self
            .broker
            .lineages
            .get(place.lineage)
            .into_iter()
            .flatten();
        let recoveries = recoveries.map(|(handler, count)| (self.step(*handler), *count));
        PlaceRecord {
            fan_out: place.scope.fan_out().map(number),
            branch: place.scope.branch(),
            recoveries: recoveries.collect(),
        }
    }

    fn input(&self, input: &StepInput<P>) -> Result<InputRecord, E> {
        Ok(match input {
            StepInput::One(event) => InputRecord::One((self.write)(event)?),
            StepInput::All(events) => InputRecord::All(self.all(events)?),
            StepInput::Collected(events) => InputRecord::Collected(self.all(events)?),
            StepInput::Caught(caught) => InputRecord::Caught(Box::new(CaughtRecord {
                step: self.step(caught.step),
                event: self.event(caught.event),
                input: self.input(&caught.input)?,
                attempts: caught.attempts,
                elapsed: caught.elapsed,
                failure: failure(&caught.failure),
            })),
        })
    }

    fn queued(&self, step: StepId, work: &Queued<P>) -> Result<QueuedRecord, E> {
        Ok(QueuedRecord {
            step: self.step(step),
            event: self.event(work.event),
            place: self.place(work.place),
            input: self.input(&work.input)?,
        })
    }

    /// `None` where the input was not kept.
    fn invocation(&self, invocation: &Invocation<P>) -> Result<Option<InvocationRecord>, E> {
        let Some(input) = &invocation.input else {
            return Ok(None);
        };
        let nothing = Record::default();
        let record = invocation.record.as_deref().unwrap_or(&nothing);
        let (stage, due) = match invocation.stage {
            Stage::Retrying => (StageRecord::Retrying, record.due.map(due)),
            Stage::Returning if record.begins => (StageRecord::Ready, None),
            Stage::Running | Stage::Waiting | Stage::Returning => (StageRecord::Begun, None),
        };
        let recorded = record.recorded.iter();
        let recorded = recorded.map(|(key, value)| (key.clone(), Json(value.clone())));
        Ok(Some(InvocationRecord {
            serial: invocation.serial,
            step: self.step(invocation.step),
            event: self.event(invocation.event),
            place: self.place(invocation.place),
            began: invocation.began,
            stage,
            due,
            input: self.input(input)?,
            failures: record.failures,
            interruptions: record.interruptions,
            failure: record.failure.as_ref().map(failure),
            recorded: recorded.collect(),
            waits: self.waits(record)?,
        }))
    }

    fn waits(
        &self,
        record: &Record<P>,
    ) -> Result<std::collections::BTreeMap<crate::tick::WaitKey, WaitRecord>, E> {
        let waits = &record.waits;
        let open = waits.open().map(|(key, wait)| Ok((key, self.open(wait))));
        let over = waits.over().map(|(key, over)| Ok((key, self.over(over)?)));
        let all = open.chain(over);
        all.map(|wait| wait.map(|(key, wait)| (key.clone(), wait)))
            .collect()
    }

    fn open(&self, wait: &OpenWait) -> WaitRecord {
        WaitRecord::Open {
            events: wait.events().map(|event| self.event(event)).collect(),
            choosy: wait.choosy,
            due: wait.timer.map(due),
            number: wait.serial,
        }
    }

    fn over(&self, over: &Over<P>) -> Result<WaitRecord, E> {
        Ok(match over {
            Over::Answered { answer, .. } => match answer {
                Answer::Event(event) => WaitRecord::Answered((self.write)(event)?),
                Answer::TimedOut => WaitRecord::TimedOut,
            },
            Over::Closed => WaitRecord::Closed,
        })
    }

    fn join(&self, step: StepId, scope: Scope, join: &Join<P>) -> Result<JoinRecord, E> {
        let lineage = join.lineage;
        Ok(JoinRecord {
            step: self.step(step),
            place: self.place(Place { scope, lineage }),
            arrived: self.all(join.queues.iter().flatten())?,
        })
    }

    fn fan_out(&self, slot: usize, fan_out: &FanOut<P>) -> Result<FanOutRecord, E> {
        let collectors = fan_out.collectors.iter().map(|collector| {
            let write = |(branch, event): &(u32, P)| Ok((*branch, (self.write)(event)?));
            let arrived = collector.arrived.as_ref();
            let arrived = arrived.map(|arrived| arrived.iter().map(write).collect());
            Ok(CollectorRecord {
                step: self.step(collector.step),
                arrived: arrived.transpose()?,
            })
        });
        Ok(FanOutRecord {
            number: number(slot),
            parent: self.place(fan_out.parent),
            event: self.event(fan_out.event),
            collectors: collectors.collect::<Result<_, E>>()?,
        })
    }

    fn deliveries(&self) -> Result<Vec<DeliveryRecord>, E> {
        let mut deliveries = Vec::new();
        for (key, timer) in &self.broker.timers.set {
            if let Timer::Delivery(emission, place) = timer {
                deliveries.push(DeliveryRecord {
                    due: due(*key),
                    place: self.place(*place),
                    event: (self.write)(&emission.payload)?,
                });
            }
        }
        Ok(deliveries)
    }

    fn kept(&self) -> Result<Vec<KeptRecord>, E> {
        let waiting = self.broker.waiting.get();
        let kept = waiting.into_iter().flat_map(|waiting| &waiting.kept);
        let kept = kept.map(|((_, number), kept)| {
            Ok(KeptRecord {
                number: *number,
                place: self.place(kept.place),
                event: (self.write)(&kept.payload)?,
            })
        });
        kept.collect()
    }
}

fn number(slot: usize) -> u32 {
    u32::try_from(slot).expect("memory holds fewer than 2^32 fan-outs")
}

const fn due((at, number): TimerKey) -> DueRecord {
    DueRecord { at, number }
}

fn failure(failure: &Failure) -> FailureRecord {
    let source = failure.source();
    let causes = std::iter::successors(source.source(), |error| (**error).source());
    FailureRecord {
        message: causes.fold(source.to_string(), |text, cause| format!("{text}: {cause}")),
        panic: failure.is_panic(),
    }
}
