//! From a record to a broker.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Misfit,
    record::{
        CaughtRecord, DeliveryRecord, DueRecord, EventRecord, FailureRecord, FanOutRecord,
        InputRecord, InvocationRecord, JoinRecord, KeptRecord, PlaceRecord, QueuedRecord,
        RunRecord, StageRecord, WaitRecord,
    },
};
use crate::{
    broker::{
        Broker, Phase, Queued,
        fan_out::{Collector, FanOut},
        invocation::{Invocation, Record, Stage},
        join::Join,
        place::{Place, Scope},
        timers::{Timer, TimerKey},
        waiting::Waiting,
        waits::{OpenWait, Over, Waits},
    },
    output::{BoxError, Emission},
    routes::{EventKey, Routes, StepId},
    tick::{Answer, Caught, Failure, InvocationId, StepInput, Timestamp, WaitKey},
};

impl RunRecord {
    /// The run as it was: what was running begins again. `read` makes an event of a record.
    ///
    /// It is paused; [`Input::Resumed`](crate::Input::Resumed) lets it go on.
    ///
    /// # Errors
    /// Everything in the record that does not fit the workflow.
    pub fn restore<P: Clone>(
        self,
        routes: Arc<Routes>,
        read: &dyn Fn(EventRecord) -> Result<P, Misfit>,
    ) -> Result<Broker<P>, Vec<Misfit>> {
        let mut reader = Reader {
            broker: Broker::new(routes).keeping_inputs(),
            read,
            fan_outs: BTreeMap::new(),
            serials: BTreeSet::new(),
            numbers: BTreeSet::new(),
            misfits: Vec::new(),
        };
        reader.restore(self);
        reader.misfits.sort();
        reader.misfits.dedup();
        if reader.misfits.is_empty() {
            Ok(reader.broker)
        } else {
            Err(reader.misfits)
        }
    }

    /// Whether somebody had paused the run.
    #[must_use]
    pub const fn is_paused(&self) -> bool {
        self.paused
    }

    /// The time of its last tick.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }
}

struct Reader<'a, P> {
    broker: Broker<P>,
    read: &'a dyn Fn(EventRecord) -> Result<P, Misfit>,
    /// The slot of each fan-out, by the number that the record gives it.
    fan_outs: BTreeMap<u32, usize>,
    /// Those of the invocations.
    serials: BTreeSet<u64>,
    /// Those of the open waits and the kept events.
    numbers: BTreeSet<u64>,
    misfits: Vec<Misfit>,
}

impl<P: Clone> Reader<'_, P> {
    fn restore(&mut self, record: RunRecord) {
        let broker = &mut self.broker;
        broker.phase = Phase::Running;
        broker.paused = true;
        broker.now = record.now;
        broker.serial = record.serial;
        self.read_fan_outs(record.fan_outs);
        for invocation in record.invocations {
            self.read_invocation(invocation);
        }
        for queued in record.queued {
            self.read_queued(queued);
        }
        for join in record.joins {
            self.read_join(join);
        }
        for delivery in record.deliveries {
            self.read_delivery(delivery);
        }
        for kept in record.kept {
            self.read_kept(kept);
        }
        self.broker.timers.count_from(record.timers);
        self.broker.waiting.make().count_from(record.waits);
        self.refuse_counters();
        self.refuse_empty_fan_outs();
        if self.misfits.is_empty() {
            self.place_kept();
        }
    }

    fn step(&mut self, name: &str) -> Option<StepId> {
        let step = self.broker.routes.step_named(name);
        if step.is_none() {
            self.misfits.push(Misfit::MissingStep(name.to_owned()));
        }
        step
    }

    fn event(&mut self, name: &str) -> Option<EventKey> {
        let event = self.broker.routes.named(name);
        if event.is_none() {
            self.misfits.push(Misfit::MissingEvent(name.to_owned()));
        }
        event
    }

    fn payload(&mut self, record: EventRecord) -> Option<P> {
        self.event(&record.event)?;
        (self.read)(record)
            .map_err(|misfit| self.misfits.push(misfit))
            .ok()
    }

    fn payloads(&mut self, records: Vec<EventRecord>) -> Option<Vec<P>> {
        let payloads: Vec<_> = records
            .into_iter()
            .map(|record| self.payload(record))
            .collect();
        payloads.into_iter().collect()
    }

    fn damaged(&mut self, what: String) {
        self.misfits.push(Misfit::Damaged(what));
    }

    fn place(&mut self, record: &PlaceRecord) -> Option<Place> {
        let routes = &self.broker.routes;
        let recoveries = record.recoveries.iter();
        // The count of a handler that there is no more limits nothing.
        let recoveries =
            recoveries.filter_map(|(name, count)| Some((routes.step_named(name)?, *count)));
        let lineage = self.broker.lineages.of(recoveries.collect());
        let scope = match record.fan_out {
            None => Scope::ROOT,
            Some(number) => match self.fan_outs.get(&number) {
                Some(slot) => Scope::branch_of(*slot, record.branch as usize),
                None => {
                    self.damaged(format!("work is in fan-out {number}, which is not there"));
                    return None;
                }
            },
        };
        Some(Place { scope, lineage })
    }

    fn input(&mut self, record: InputRecord) -> Option<StepInput<P>> {
        Some(match record {
            InputRecord::One(event) => StepInput::One(self.payload(event)?),
            InputRecord::All(events) => StepInput::All(self.payloads(events)?),
            InputRecord::Collected(events) => StepInput::Collected(self.payloads(events)?),
            InputRecord::Caught(caught) => {
                let CaughtRecord {
                    step,
                    event,
                    input,
                    attempts,
                    elapsed,
                    failure,
                } = *caught;
                StepInput::Caught(Box::new(Caught {
                    step: self.step(&step)?,
                    event: self.event(&event)?,
                    input: self.input(input)?,
                    attempts,
                    elapsed,
                    failure: failed(failure),
                }))
            }
        })
    }

    /// The outer fan-outs first: an inner one stands in a branch of another.
    fn read_fan_outs(&mut self, mut records: Vec<FanOutRecord>) {
        while !records.is_empty() {
            let is_ready = |record: &mut FanOutRecord| {
                let parent = record.parent.fan_out;
                parent.is_none_or(|parent| self.fan_outs.contains_key(&parent))
            };
            let ready: Vec<_> = records.extract_if(.., is_ready).collect();
            if ready.is_empty() {
                self.damaged("a fan-out is in one that is not there, or in itself".to_owned());
                return;
            }
            for record in ready {
                self.read_fan_out(record);
            }
        }
    }

    fn read_fan_out(&mut self, record: FanOutRecord) -> Option<()> {
        let (parent, event) = (self.place(&record.parent)?, self.event(&record.event)?);
        let mut collectors = Vec::new();
        for collector in record.collectors {
            let step = self.step(&collector.step)?;
            let arrived = match collector.arrived {
                None => None,
                Some(arrived) => {
                    let read = |(branch, event)| Some((branch, self.payload(event)?));
                    let arrived: Option<Vec<_>> = arrived.into_iter().map(read).collect();
                    Some(arrived?)
                }
            };
            collectors.push(Collector { step, arrived });
        }
        let slot = self.broker.fan_outs.insert(FanOut {
            parent,
            event,
            open: 0,
            collectors,
        });
        if self.fan_outs.insert(record.number, slot).is_some() {
            self.damaged(format!("fan-out {} is there twice", record.number));
        }
        self.broker.hold(parent.scope);
        Some(())
    }

    fn read_invocation(&mut self, record: InvocationRecord) -> Option<()> {
        let (step, event) = (self.step(&record.step)?, self.event(&record.event)?);
        let (place, input) = (self.place(&record.place)?, self.input(record.input)?);
        let serial = record.serial;
        self.broker.serial = self.broker.serial.max(serial);
        if !self.serials.insert(serial) {
            self.damaged(format!("invocation {serial} is there twice"));
        }
        let was_begun = record.stage == StageRecord::Begun;
        let recorded = record.recorded.into_iter();
        let kept = Record {
            failures: record.failures,
            interruptions: record.interruptions.saturating_add(u32::from(was_begun)),
            failure: record.failure.map(failed),
            recorded: recorded.map(|(key, value)| (key, value.0)).collect(),
            ..Record::default()
        };
        let slot = self.broker.invocations.insert(Invocation {
            serial,
            step,
            place,
            event,
            began: record.began,
            stage: Stage::Returning,
            input: Some(input),
            record: Some(Box::new(kept)),
        });
        let slot = u32::try_from(slot).expect("memory holds fewer than 2^32 invocations");
        let id = InvocationId { slot, serial };
        self.broker.hold(place.scope);
        match (record.stage, record.due) {
            (StageRecord::Retrying, Some(due)) => {
                let timer = self.timer(due, Timer::Retry(id));
                let invocation = &mut self.broker.invocations[id.slot()];
                invocation.stage = Stage::Retrying;
                invocation.record().due = Some(timer);
            }
            (StageRecord::Begun | StageRecord::Ready | StageRecord::Retrying, _) => {
                self.broker.steps[step.index()].returning.push_back(id);
            }
        }
        for (key, wait) in record.waits {
            self.read_wait(id, key, wait);
        }
        self.broker.invocations[id.slot()].record().begin_again();
        Some(())
    }

    fn read_wait(&mut self, id: InvocationId, key: WaitKey, record: WaitRecord) -> Option<()> {
        let answer = match record {
            WaitRecord::Closed => None,
            WaitRecord::Answered(event) => Some(Answer::Event(self.payload(event)?)),
            WaitRecord::TimedOut => Some(Answer::TimedOut),
            WaitRecord::Open {
                events,
                choosy,
                due,
                number,
            } => {
                let events: Vec<_> = events.iter().map(|event| self.event(event)).collect();
                self.number(number);
                let events: Option<Vec<_>> = events.into_iter().collect();
                let timer = due.map(|due| self.timer(due, Timer::Wait(id, key.clone())));
                let open = OpenWait::new(events?, choosy, timer, number, false);
                self.broker.waiting.make().open(&open, &(id, key.clone()));
                self.waits(id).insert_open(key, open);
                return Some(());
            }
        };
        let over = answer.map_or(Over::Closed, |answer| Over::Answered { answer, from: None });
        self.waits(id).insert_over(key, over);
        Some(())
    }

    fn waits(&mut self, id: InvocationId) -> &mut Waits<P> {
        &mut self.broker.invocations[id.slot()].record().waits
    }

    /// A number of a wait or a kept event, which no other has.
    fn number(&mut self, number: u64) {
        if !self.numbers.insert(number) {
            self.damaged(format!("two waits or kept events have the number {number}"));
        }
    }

    fn timer(&mut self, due: DueRecord, timer: Timer<P>) -> TimerKey {
        let key = (due.at, due.number);
        if self.broker.timers.set.insert(key, timer).is_some() {
            self.damaged(format!("two timers have the number {}", due.number));
        }
        key
    }

    fn read_queued(&mut self, record: QueuedRecord) -> Option<()> {
        let (step, event) = (self.step(&record.step)?, self.event(&record.event)?);
        let (place, input) = (self.place(&record.place)?, self.input(record.input)?);
        self.broker.hold(place.scope);
        self.broker.queued += 1;
        self.broker.steps[step.index()].queue.push_back(Queued {
            place,
            event,
            input,
        });
        Some(())
    }

    fn read_join(&mut self, record: JoinRecord) -> Option<()> {
        let (step, place) = (self.step(&record.step)?, self.place(&record.place)?);
        let routes = Arc::clone(&self.broker.routes);
        let mut join = Join::new(routes.routes_of(step));
        join.lineage = place.lineage;
        for event in record.arrived {
            let key = self.event(&event.event)?;
            let payload = self.payload(event)?;
            join.push(routes.routes_of(step), key, payload);
        }
        if !join.is_empty() {
            self.broker.hold(place.scope);
            let other = self.broker.joins.insert((step, place.scope), join);
            if other.is_some() {
                self.damaged(format!(
                    "two joins of step `{}` are in one place",
                    record.step
                ));
            }
        }
        Some(())
    }

    fn read_delivery(&mut self, record: DeliveryRecord) -> Option<()> {
        let (key, place) = (self.event(&record.event.event)?, self.place(&record.place)?);
        let payload = self.payload(record.event)?;
        let event = self.broker.routes.event(key).id();
        self.broker.hold(place.scope);
        let emission = Emission { event, payload };
        self.timer(record.due, Timer::Delivery(emission, place));
        Some(())
    }

    fn read_kept(&mut self, record: KeptRecord) -> Option<()> {
        let key = self.event(&record.event.event)?;
        // Where no step runs on it, it is in no fan-out: the one that it comes from may be closed by now.
        let place = if self.broker.routes.takers(key).is_empty() {
            Place::ROOT
        } else {
            self.place(&record.place)?
        };
        self.number(record.number);
        self.broker.hold_kept(key, place);
        let payload = self.payload(record.event)?;
        self.broker
            .waiting
            .make()
            .keep_as((key, record.number), payload, place);
        Some(())
    }

    /// Gives what is kept to the waits that are open, or to the steps that run on it: a wait that was looking at it may
    /// have ended in the same moment.
    fn place_kept(&mut self) {
        let waiting = self.broker.waiting.get();
        let kept: Vec<_> = waiting
            .into_iter()
            .flat_map(|waiting| waiting.kept.keys())
            .copied()
            .collect();
        for key in kept {
            // A run that is paused begins nothing.
            self.broker.place_kept(key, 0, &mut Vec::new());
        }
    }

    fn refuse_counters(&mut self) {
        let Broker {
            serial,
            timers,
            waiting,
            ..
        } = &self.broker;
        let counters = [
            *serial,
            timers.serial(),
            waiting.get().map_or(0, Waiting::serial),
        ];
        let refused = counters.into_iter().map(Misfit::check_counter);
        self.misfits.extend(refused.filter_map(Result::err));
    }

    /// A fan-out without work would never close: no snapshot of a run has one.
    fn refuse_empty_fan_outs(&mut self) {
        let empty = self.broker.fan_outs.iter().filter(|(_, of)| of.open == 0);
        let count = empty.count();
        if count > 0 && self.misfits.is_empty() {
            self.damaged(format!("{count} fan-outs are open without work inside"));
        }
    }
}

fn failed(record: FailureRecord) -> Failure {
    if record.panic {
        Failure::panic(record.message)
    } else {
        Failure::error(BoxError::from(record.message))
    }
}
