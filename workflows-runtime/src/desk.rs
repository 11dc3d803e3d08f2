//! What the invocations of a run keep outside of their futures: open waits, recorded results, edits for their commit.

use std::{
    any::Any,
    collections::{BTreeMap, BTreeSet},
    panic::resume_unwind,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Poll, Waker},
};

use serde_json::Value;
use workflows_core::{Answer, AnyEvent, BoxError, Earlier, InvocationId, WaitKey};

/// Looks at an event and says whether the wait takes it.
pub(crate) type Filter = Box<dyn FnMut(&dyn AnyEvent) -> bool + Send>;
/// Changes the state, whose type is known only to the one who made it.
pub(crate) type Edit = Box<dyn FnOnce(&mut dyn Any) + Send>;

type AnyAnswer = Answer<Box<dyn AnyEvent>>;

/// One wait of a step.
struct Cell {
    filter: Option<Filter>,
    answer: Option<AnyAnswer>,
    /// What its filter panicked with: the step's own panic, when it is polled.
    panic: Option<Box<dyn Any + Send>>,
    waker: Waker,
}

#[derive(Default)]
struct Papers {
    cells: BTreeMap<(InvocationId, WaitKey), Cell>,
    /// How many waits without a name an invocation has made.
    waits: BTreeMap<InvocationId, u32>,
    /// The waits with a name whose answers the attempt has.
    answered: BTreeMap<InvocationId, BTreeSet<WaitKey>>,
    recorded: BTreeMap<InvocationId, BTreeMap<String, Value>>,
    edits: BTreeMap<InvocationId, Vec<Edit>>,
    /// How many attempts had failed when the present one began, where any had.
    failures: BTreeMap<InvocationId, u32>,
    /// Why something that an attempt has emitted in the middle of its work was refused.
    refused: BTreeMap<InvocationId, BoxError>,
}

impl Papers {
    fn is_present(&self, id: InvocationId, failures: u32) -> bool {
        self.failures.get(&id).copied().unwrap_or(0) == failures
    }
}

/// The desk of a run.
#[derive(Default)]
pub(crate) struct Desk {
    /// Whether there has ever been something on it: most runs use none of this.
    is_used: AtomicBool,
    papers: Mutex<Papers>,
}

impl Desk {
    /// The key of a wait without a name: its number within the attempt. One that was given up counts no more.
    pub(crate) fn number(&self, id: InvocationId, failures: u32) -> WaitKey {
        let mut papers = self.papers();
        if !papers.is_present(id, failures) {
            return WaitKey::Number(0);
        }
        let count = papers.waits.entry(id).or_default();
        *count += 1;
        WaitKey::Number(*count)
    }

    /// Whether the attempt that began after so many had failed is the present one: not one that was given up, and goes
    /// on in a thread that cannot be stopped.
    pub(crate) fn is_present(&self, id: InvocationId, failures: u32) -> bool {
        self.papers().is_present(id, failures)
    }

    /// Opens a wait, unless the attempt has one of this name or its answer.
    pub(crate) fn open(
        &self,
        id: InvocationId,
        key: &WaitKey,
        filter: Option<Filter>,
        waker: &Waker,
    ) -> bool {
        let mut papers = self.papers();
        let place = (id, key.clone());
        let answered = papers.answered.get(&id);
        let is_taken = answered.is_some_and(|keys| keys.contains(key));
        if is_taken || papers.cells.contains_key(&place) {
            return false;
        }
        let cell = Cell {
            filter,
            answer: None,
            panic: None,
            waker: waker.clone(),
        };
        papers.cells.insert(place, cell);
        true
    }

    /// Notes that the attempt has the answer of a wait with a name.
    pub(crate) fn note_answered(&self, id: InvocationId, key: WaitKey) {
        self.papers().answered.entry(id).or_default().insert(key);
    }

    /// The answer of a wait, where it has come.
    pub(crate) fn poll(&self, id: InvocationId, key: &WaitKey, waker: &Waker) -> Poll<AnyAnswer> {
        let mut papers = self.papers();
        let place = (id, key.clone());
        let Some(cell) = papers.cells.get_mut(&place) else {
            return Poll::Pending;
        };
        if let Some(panic) = cell.panic.take() {
            drop(papers);
            resume_unwind(panic);
        }
        match cell.answer.take() {
            Some(answer) => {
                papers.cells.remove(&place);
                Poll::Ready(answer)
            }
            None => {
                cell.waker.clone_from(waker);
                Poll::Pending
            }
        }
    }

    /// Forgets a wait.
    pub(crate) fn close(&self, id: InvocationId, key: &WaitKey) {
        self.papers().cells.remove(&(id, key.clone()));
    }

    /// Ends a wait, where the step still waits.
    pub(crate) fn answer(&self, id: InvocationId, key: WaitKey, answer: AnyAnswer) {
        if let Some(cell) = self.papers().cells.get_mut(&(id, key)) {
            cell.answer = Some(answer);
            cell.waker.wake_by_ref();
        }
    }

    /// Has a wait panic, whose filter has.
    pub(crate) fn panic(&self, id: InvocationId, key: &WaitKey, panic: Box<dyn Any + Send>) {
        if let Some(cell) = self.papers().cells.get_mut(&(id, key.clone())) {
            cell.panic = Some(panic);
            cell.waker.wake_by_ref();
        }
    }

    /// Lets a wait look at an event. One that is not there takes nothing.
    pub(crate) fn judge(&self, id: InvocationId, key: &WaitKey, event: &dyn AnyEvent) -> bool {
        let place = (id, key.clone());
        let filter = |papers: &mut Papers| papers.cells.get_mut(&place)?.filter.take();
        // The author's code runs without the lock.
        let Some(mut filter) = filter(&mut self.papers()) else {
            return false;
        };
        let takes = filter(event);
        if let Some(cell) = self.papers().cells.get_mut(&place) {
            cell.filter = Some(filter);
        }
        takes
    }

    /// Whether the invocation waits and has no answer.
    pub(crate) fn is_waiting(&self, id: InvocationId) -> bool {
        if !self.is_used() {
            return false;
        }
        let papers = self.papers();
        let cells = papers.cells.range((id, WaitKey::Number(0))..);
        let mut own = cells.take_while(|((of, _), _)| *of == id);
        own.any(|(_, cell)| cell.answer.is_none())
    }

    pub(crate) fn recorded(&self, id: InvocationId, key: &str) -> Option<Value> {
        self.papers().recorded.get(&id)?.get(key).cloned()
    }

    pub(crate) fn record(&self, id: InvocationId, key: String, value: Value) {
        let mut papers = self.papers();
        papers.recorded.entry(id).or_default().insert(key, value);
    }

    /// Keeps an edit for the commit of the attempt that began after so many had failed. Says no where that one was given
    /// up.
    pub(crate) fn defer(&self, id: InvocationId, failures: u32, edit: Edit) -> bool {
        let mut papers = self.papers();
        let is_present = papers.is_present(id, failures);
        if is_present {
            papers.edits.entry(id).or_default().push(edit);
        }
        is_present
    }

    /// The edits of an attempt that is over.
    pub(crate) fn edits(&self, id: InvocationId) -> Vec<Edit> {
        self.papers().edits.remove(&id).unwrap_or_default()
    }

    /// Refuses something that an attempt has emitted: it fails, whatever it returns.
    pub(crate) fn refuse(&self, id: InvocationId, error: BoxError) {
        self.papers().refused.entry(id).or_insert(error);
    }

    /// Why something that the attempt, which is over, had emitted was refused.
    pub(crate) fn refusal(&self, id: InvocationId) -> Option<BoxError> {
        self.papers().refused.remove(&id)
    }

    /// Prepares another attempt.
    pub(crate) fn begin_again(&self, id: InvocationId, earlier: &Earlier) {
        let mut papers = self.papers();
        papers.waits.remove(&id);
        papers.answered.remove(&id);
        papers.edits.remove(&id);
        papers.failures.insert(id, earlier.failures);
        if !earlier.recorded.is_empty() {
            papers.recorded.insert(id, earlier.recorded.clone());
        }
    }

    /// Clears everything of an invocation that has ended.
    pub(crate) fn clear(&self, id: InvocationId) {
        let mut papers = self.papers();
        papers.waits.remove(&id);
        papers.answered.remove(&id);
        papers.recorded.remove(&id);
        papers.failures.remove(&id);
    }

    pub(crate) fn is_used(&self) -> bool {
        self.is_used.load(Ordering::Acquire)
    }

    fn papers(&self) -> MutexGuard<'_, Papers> {
        self.is_used.store(true, Ordering::Release);
        self.papers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
