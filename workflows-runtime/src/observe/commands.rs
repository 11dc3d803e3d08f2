//! What comes out of the broker: read, and freed of its labels.

use std::sync::Arc;

use workflows_core::{Answer, AnyEvent, Command, Ending, InvocationId, StepId, StepInput};

use super::{
    Observer,
    events::{EventUnhandled, StepResumed, StepStarted},
    label::unlabelled,
    lock,
    origin::{Origin, Takings, take_labels},
    spans::{ending_name, explanation},
    under_way::UnderWay,
};

impl Observer {
    /// Reads what the broker wants done, before the driver does it.
    pub(crate) fn command(&mut self, command: &mut Command) {
        match command {
            Command::Invoke {
                invocation,
                step,
                input,
                earlier,
            } => {
                let tries = earlier.as_ref().map_or(0, |earlier| {
                    earlier.failures.saturating_add(earlier.interruptions)
                });
                self.begins(*invocation, *step, tries.saturating_add(1), input);
            }
            Command::Answer {
                invocation,
                key,
                answer,
            } => {
                let (event, origin) = match answer {
                    Answer::Event(event) => (Some((**event).info().name()), unlabelled(event)),
                    Answer::TimedOut => (None, None),
                };
                self.resumes(*invocation, key.to_string(), event, origin);
            }
            Command::Offer { event, .. } | Command::Publish(event) => {
                unlabelled(event);
            }
            Command::Unhandled { event, kept } => {
                unlabelled(event);
                self.unhandled(&**event, *kept);
            }
            Command::Finish(ending) => {
                if let Ending::Stopped(event) = ending {
                    unlabelled(event);
                }
                self.ends(ending);
            }
        }
    }

    fn begins(&mut self, id: InvocationId, step: StepId, attempt: u32, input: &mut StepInput) {
        let at = self.at();
        let handles = match input {
            StepInput::Caught(caught) => self.given_up.take(&caught.failure),
            StepInput::One(_) | StepInput::All(_) | StepInput::Collected(_) => None,
        };
        let taken = if self.labels() {
            take_labels(input, handles.as_ref())
        } else {
            Takings::default()
        };
        let (spec, workflow) = (self.routes.step(step), self.routes.graph().name());
        let under_way = self.under_way.entry(id.serial()).or_insert_with(|| {
            let span = self.spans.of_invocation(workflow, spec.name, id);
            UnderWay::new(spec.name, Arc::new(Origin::new(id, span)))
        });
        under_way.begin(&self.spans, attempt, at, &taken);
        self.meter.attempt(spec.name, attempt);
        if self.watch.wants_events() {
            self.tell(StepStarted {
                step: spec.name.to_owned(),
                invocation: id.serial(),
                attempt,
                events: taken.into_list(),
                at,
            });
        }
    }

    fn resumes(
        &mut self,
        id: InvocationId,
        wait: String,
        event: Option<&'static str>,
        origin: Option<Arc<Origin>>,
    ) {
        let at = self.at();
        let Some(under_way) = self.under_way.get(&id.serial()) else {
            return;
        };
        under_way.note_answer(event, origin.as_deref());
        if self.watch.wants_events() {
            self.tell(StepResumed {
                step: under_way.step.to_owned(),
                invocation: id.serial(),
                wait,
                event: event.map(str::to_owned),
                from: origin.map(|origin| origin.invocation),
                at,
            });
        }
    }

    fn unhandled(&mut self, event: &dyn AnyEvent, kept: bool) {
        let (event, at) = (event.info().name(), self.at());
        self.spans.note_unhandled(event, kept);
        if self.watch.wants_events() {
            self.tell(EventUnhandled {
                event: event.to_owned(),
                kept,
                at,
            });
        }
    }

    fn ends(&mut self, ending: &Ending) {
        let at = self.at();
        self.under_way.clear();
        self.spans.end(ending, &self.routes);
        self.meter.end(ending_name(ending), at);
        if let Some(history) = self.run.history.get() {
            let how = explanation(ending, &self.routes);
            let is_success = matches!(ending, Ending::Stopped(_));
            lock(history).note_end(how, is_success, Some(at));
        }
        if let Some(printer) = &self.printer {
            printer.print_end(ending, &self.routes, at);
        }
    }
}
