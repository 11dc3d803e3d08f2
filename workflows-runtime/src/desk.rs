//! What the invocations of a run keep outside of their futures: open waits, recorded results, edits for their commit.

use std::{
    any::Any,
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Poll, Waker},
};

use serde_json::Value;
use workflows_core::{Answer, AnyEvent, Earlier, InvocationId, SmallMap, WaitKey};

/// Looks at an event and says whether the wait takes it.
pub(crate) type Filter = Box<dyn FnMut(&dyn AnyEvent) -> bool + Send>;
/// Changes the state, whose type is known only to the one who made it.
pub(crate) type Edit = Box<dyn FnOnce(&mut dyn Any) + Send>;

type AnyAnswer = Answer<Box<dyn AnyEvent>>;

/// One wait of a step.
struct Cell {
    filter: Option<Filter>,
    answer: Option<AnyAnswer>,
    waker: Waker,
}

/// What one invocation keeps.
#[derive(Default)]
struct Sheet {
    cells: SmallMap<WaitKey, Cell>,
    /// How many waits without a name the attempt has made.
    waits: u32,
    recorded: BTreeMap<String, Value>,
    /// By the attempt, which is known by how many have failed before it: one that was given up may still be at work.
    edits: Vec<(u32, Edit)>,
}

type Sheets = SmallMap<InvocationId, Sheet>;

/// The desk of a run: made when something is put on it, since most runs need none.
#[derive(Default)]
pub(crate) struct Desk(OnceLock<Box<Mutex<Sheets>>>);

impl Desk {
    /// The key of a wait without a name: its number within the attempt.
    pub(crate) fn number(&self, id: InvocationId) -> WaitKey {
        let mut sheets = self.make();
        let sheet = sheets.entry(&id);
        sheet.waits += 1;
        WaitKey::Number(sheet.waits)
    }

    /// Opens a wait.
    pub(crate) fn open(
        &self,
        id: InvocationId,
        key: WaitKey,
        filter: Option<Filter>,
        waker: &Waker,
    ) {
        let cell = Cell {
            filter,
            answer: None,
            waker: waker.clone(),
        };
        self.make().entry(&id).cells.insert(key, cell);
    }

    /// The answer of a wait, where it has come.
    pub(crate) fn poll(&self, id: InvocationId, key: &WaitKey, waker: &Waker) -> Poll<AnyAnswer> {
        self.on_sheet(id, |sheet| {
            let cell = sheet.cells.get_mut(key)?;
            let Some(answer) = cell.answer.take() else {
                cell.waker.clone_from(waker);
                return None;
            };
            sheet.cells.remove(key);
            Some(answer)
        })
        .map_or(Poll::Pending, Poll::Ready)
    }

    /// Forgets a wait.
    pub(crate) fn close(&self, id: InvocationId, key: &WaitKey) {
        // A filter is the author's: it is not dropped under the lock.
        drop(self.on_sheet(id, |sheet| sheet.cells.remove(key)));
    }

    /// Ends a wait, where the step still waits.
    pub(crate) fn answer(&self, id: InvocationId, key: &WaitKey, answer: AnyAnswer) {
        self.on_sheet(id, |sheet| {
            let cell = sheet.cells.get_mut(key)?;
            cell.answer = Some(answer);
            cell.waker.wake_by_ref();
            Some(())
        });
    }

    /// Has all waits look up: the run is over, and nothing will answer them.
    pub(crate) fn wake(&self) {
        let wakers = self.sheets().map(|sheets| {
            let cells = sheets.values().flat_map(|sheet| sheet.cells.values());
            cells.map(|cell| cell.waker.clone()).collect::<Vec<_>>()
        });
        wakers.into_iter().flatten().for_each(Waker::wake);
    }

    /// Lets a wait look at an event. One that is not there takes nothing.
    pub(crate) fn judge(&self, id: InvocationId, key: &WaitKey, event: &dyn AnyEvent) -> bool {
        // The author's code runs without the lock.
        let filter = self.on_sheet(id, |sheet| sheet.cells.get_mut(key)?.filter.take());
        let Some(mut filter) = filter else {
            return false;
        };
        let takes = filter(event);
        self.on_sheet(id, |sheet| {
            sheet.cells.get_mut(key)?.filter = Some(filter);
            Some(())
        });
        takes
    }

    /// Whether the invocation waits and has no answer.
    pub(crate) fn is_waiting(&self, id: InvocationId) -> bool {
        self.on_sheet(id, |sheet| {
            sheet.cells.values().find(|cell| cell.answer.is_none())?;
            Some(())
        })
        .is_some()
    }

    pub(crate) fn recorded(&self, id: InvocationId, key: &str) -> Option<Value> {
        self.on_sheet(id, |sheet| sheet.recorded.get(key).cloned())
    }

    pub(crate) fn record(&self, id: InvocationId, key: String, value: Value) {
        self.make().entry(&id).recorded.insert(key, value);
    }

    /// Keeps an edit for the commit of the attempt that comes after so many failures.
    pub(crate) fn defer(&self, id: InvocationId, failures: u32, edit: Edit) {
        self.make().entry(&id).edits.push((failures, edit));
    }

    /// The edits of an attempt that is over. Those of the attempts before it are dropped.
    pub(crate) fn edits(&self, id: InvocationId, failures: u32) -> Vec<Edit> {
        let left = self.on_sheet(id, |sheet| Some(std::mem::take(&mut sheet.edits)));
        let own = left.into_iter().flatten().filter(|(of, _)| *of == failures);
        own.map(|(_, edit)| edit).collect()
    }

    /// Prepares another attempt.
    pub(crate) fn begin_again(&self, id: InvocationId, earlier: &Earlier) {
        if earlier.recorded.is_empty() {
            self.on_sheet(id, |sheet| {
                sheet.waits = 0;
                Some(())
            });
        } else {
            let mut sheets = self.make();
            let sheet = sheets.entry(&id);
            sheet.waits = 0;
            sheet.recorded.clone_from(&earlier.recorded);
        }
    }

    /// Clears everything of an invocation that has ended.
    pub(crate) fn clear(&self, id: InvocationId) {
        let Some(mut sheets) = self.sheets() else {
            return;
        };
        let sheet = sheets.remove(&id);
        drop(sheets);
        // What is on it may be the author's: not under the lock.
        drop(sheet);
    }

    pub(crate) fn is_used(&self) -> bool {
        self.0.get().is_some()
    }

    fn on_sheet<T>(
        &self,
        id: InvocationId,
        act: impl FnOnce(&mut Sheet) -> Option<T>,
    ) -> Option<T> {
        act(self.sheets()?.get_mut(&id)?)
    }

    fn sheets(&self) -> Option<MutexGuard<'_, Sheets>> {
        let sheets = self.0.get()?;
        Some(sheets.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn make(&self) -> MutexGuard<'_, Sheets> {
        let sheets = self.0.get_or_init(Box::default);
        sheets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
