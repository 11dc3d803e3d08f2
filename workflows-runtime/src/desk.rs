//! What the invocations of a run keep outside of their futures: open waits, recorded results, edits for their commit.

use std::{
    any::Any,
    collections::{BTreeMap, BTreeSet},
    panic::resume_unwind,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Poll, Waker},
    time::Duration,
};

use serde_json::Value;
use tokio::time::Instant;
use workflows_core::{Answer, AnyEvent, BoxError, Earlier, InvocationId, SmallMap, WaitKey};

use crate::seat::Seat;

/// Looks at an event and says whether the wait takes it.
pub(crate) type Filter = Box<dyn FnMut(&dyn AnyEvent) -> bool + Send>;
/// Changes the state, whose type is known only to the one who made it.
pub(crate) type Edit = Box<dyn FnOnce(&mut dyn Any) + Send>;

type AnyAnswer = Answer<Box<dyn AnyEvent>>;

/// One wait of a step.
struct Cell {
    filter: Option<Filter>,
    news: Option<News>,
    waker: Waker,
}

/// What has become of a wait.
enum News {
    Answered(AnyAnswer),
    /// Its filter has panicked, which becomes the step's own panic.
    Panicked(Box<dyn Any + Send>),
}

/// Why a wait is not opened.
pub(crate) enum Unopened {
    /// The attempt was given up.
    GivenUp,
    /// The attempt has one of this name, or its answer.
    SameId,
}

/// What one invocation keeps.
#[derive(Default)]
struct Sheet {
    cells: SmallMap<WaitKey, Cell>,
    /// How many waits without a name the attempt has made.
    waits: u32,
    /// The waits with a name whose answers the attempt has.
    answered: BTreeSet<WaitKey>,
    recorded: BTreeMap<String, Value>,
    edits: Vec<Edit>,
    /// How many attempts had failed when the present one began.
    failures: u32,
    /// Why something that the attempt has emitted in the middle of its work was refused.
    refused: Option<BoxError>,
    /// How long the attempt has waited, where it has a timeout.
    pauses: Option<Box<Pauses>>,
}

#[derive(Default)]
struct Pauses {
    waited: Duration,
    /// Since when it waits.
    since: Option<Instant>,
    /// Who wants to know when it waits no longer.
    watch: Option<Waker>,
}

impl Sheet {
    fn is_waiting(&self) -> bool {
        self.cells.values().any(|cell| cell.news.is_none())
    }

    /// A wait is over. Where it was the last one, the time of the attempt goes on.
    fn go_on(&mut self) {
        if !self.is_waiting()
            && let Some(pauses) = &mut self.pauses
            && let Some(since) = pauses.since.take()
        {
            pauses.waited = pauses.waited.saturating_add(since.elapsed());
            if let Some(watch) = pauses.watch.take() {
                watch.wake();
            }
        }
    }

    /// Has its waits look up, and drops it. What is on it may be the author's: not under the lock.
    fn give_up(self) {
        for cell in self.cells.values() {
            cell.waker.wake_by_ref();
        }
    }
}

type Sheets = SmallMap<InvocationId, Sheet>;

/// The desk of a run: made when something is put on it, since most runs need none.
#[derive(Default)]
pub(crate) struct Desk(OnceLock<Box<Mutex<Sheets>>>);

impl Desk {
    /// The key of a wait without a name: its number within the attempt. One that was given up counts no more.
    pub(crate) fn number(&self, id: InvocationId, failures: u32) -> WaitKey {
        let mut sheets = self.make();
        let sheet = sheets.entry(&id);
        if sheet.failures != failures {
            return WaitKey::Number(0);
        }
        sheet.waits += 1;
        WaitKey::Number(sheet.waits)
    }

    /// Whether the attempt that began after so many had failed is the present one: not one that was given up, and goes
    /// on in a thread that cannot be stopped.
    pub(crate) fn is_present(&self, id: InvocationId, failures: u32) -> bool {
        let present = self.on_sheet(id, |sheet| Some(sheet.failures));
        present.unwrap_or(0) == failures
    }

    /// Opens a wait, where the attempt is the present one. The time of one with a timeout stands still.
    pub(crate) fn open(
        &self,
        seat: &Seat,
        key: &WaitKey,
        filter: Option<Filter>,
        waker: &Waker,
    ) -> Result<(), Unopened> {
        let mut sheets = self.make();
        let sheet = sheets.entry(&seat.id);
        if sheet.failures != seat.failures() {
            return Err(Unopened::GivenUp);
        }
        if sheet.answered.contains(key) || sheet.cells.get(key).is_some() {
            return Err(Unopened::SameId);
        }
        let cell = Cell {
            filter,
            news: None,
            waker: waker.clone(),
        };
        sheet.cells.insert(key.clone(), cell);
        if seat.step.timeout.is_some() {
            let pauses = sheet.pauses.get_or_insert_default();
            pauses.since.get_or_insert_with(Instant::now);
        }
        Ok(())
    }

    /// Notes that the attempt has the answer of a wait with a name.
    pub(crate) fn note_answered(&self, id: InvocationId, key: WaitKey) {
        self.make().entry(&id).answered.insert(key);
    }

    /// The answer of a wait, where it has come; `None` where its attempt is over.
    pub(crate) fn poll(
        &self,
        id: InvocationId,
        failures: u32,
        key: &WaitKey,
        waker: &Waker,
    ) -> Poll<Option<AnyAnswer>> {
        let open = self.on_attempt(id, failures, |sheet| {
            let cell = sheet.cells.get_mut(key)?;
            let Some(news) = cell.news.take() else {
                cell.waker.clone_from(waker);
                return Some(None);
            };
            Some(Some((news, sheet.cells.remove(key))))
        });
        // The filter is the author's: it is dropped here, not under the lock.
        match open {
            Some(Some((News::Answered(answer), _))) => Poll::Ready(Some(answer)),
            Some(Some((News::Panicked(panic), _))) => resume_unwind(panic),
            Some(None) => Poll::Pending,
            None => Poll::Ready(None),
        }
    }

    /// Forgets a wait.
    pub(crate) fn close(&self, id: InvocationId, failures: u32, key: &WaitKey) {
        // A filter is the author's: it is not dropped under the lock.
        drop(self.on_attempt(id, failures, |sheet| {
            let cell = sheet.cells.remove(key);
            sheet.go_on();
            cell
        }));
    }

    /// Ends a wait, where the step still waits.
    pub(crate) fn answer(&self, id: InvocationId, key: &WaitKey, answer: AnyAnswer) {
        self.bring(id, key, News::Answered(answer));
    }

    /// Has a wait panic, whose filter has.
    pub(crate) fn panic(&self, id: InvocationId, key: &WaitKey, panic: Box<dyn Any + Send>) {
        self.bring(id, key, News::Panicked(panic));
    }

    /// The first news count: a wait that panics does not time out. Others are dropped here, not under the lock.
    fn bring(&self, id: InvocationId, key: &WaitKey, news: News) {
        let mut news = Some(news);
        self.on_sheet(id, |sheet| {
            let cell = sheet.cells.get_mut(key)?;
            if cell.news.is_none() {
                cell.news = news.take();
            }
            cell.waker.wake_by_ref();
            sheet.go_on();
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
        let mut filter = Some(filter);
        self.on_sheet(id, |sheet| {
            let cell = sheet.cells.get_mut(key)?;
            // Another wait may have taken the place of this one.
            if cell.filter.is_none() {
                cell.filter = filter.take();
            }
            Some(())
        });
        takes
    }

    /// How long the attempt has waited; `None` where it waits now: `watch` is woken when it does no longer.
    pub(crate) fn waited(&self, id: InvocationId, watch: &Waker) -> Option<Duration> {
        let mut sheets = self.sheets();
        let sheet = sheets.as_mut().and_then(|sheets| sheets.get_mut(&id));
        let Some(pauses) = sheet.and_then(|sheet| sheet.pauses.as_mut()) else {
            return Some(Duration::ZERO);
        };
        if pauses.since.is_some() {
            pauses.watch = Some(watch.clone());
            return None;
        }
        Some(pauses.waited)
    }

    pub(crate) fn recorded(&self, id: InvocationId, key: &str) -> Option<Value> {
        self.on_sheet(id, |sheet| sheet.recorded.get(key).cloned())
    }

    /// Keeps a result; gives the one that is kept already, where there is one.
    pub(crate) fn record(&self, id: InvocationId, key: &str, value: &Value) -> Option<Value> {
        let mut sheets = self.make();
        let recorded = &mut sheets.entry(&id).recorded;
        let first = recorded.get(key).cloned();
        if first.is_none() {
            recorded.insert(key.to_owned(), value.clone());
        }
        first
    }

    /// Keeps an edit for the commit of the attempt that began after so many had failed. Says no where that one was given
    /// up.
    pub(crate) fn defer(&self, id: InvocationId, failures: u32, edit: Edit) -> bool {
        let mut sheets = self.make();
        let sheet = sheets.entry(&id);
        let is_present = sheet.failures == failures;
        if is_present {
            sheet.edits.push(edit);
        }
        is_present
    }

    /// The edits of an attempt that is over.
    pub(crate) fn edits(&self, id: InvocationId) -> Vec<Edit> {
        self.on_sheet(id, |sheet| Some(std::mem::take(&mut sheet.edits)))
            .unwrap_or_default()
    }

    /// Refuses something that an attempt has emitted: it fails, whatever it returns. One that was given up has failed.
    pub(crate) fn refuse(&self, id: InvocationId, failures: u32, error: BoxError) {
        let mut sheets = self.make();
        let sheet = sheets.entry(&id);
        if sheet.failures == failures {
            sheet.refused.get_or_insert(error);
        }
    }

    /// Why something that the attempt, which is over, had emitted was refused.
    pub(crate) fn refusal(&self, id: InvocationId) -> Option<BoxError> {
        self.on_sheet(id, |sheet| sheet.refused.take())
    }

    /// Prepares another attempt.
    pub(crate) fn begin_again(&self, id: InvocationId, earlier: &Earlier) {
        let mut sheets = self.make();
        let sheet = sheets.entry(&id);
        sheet.waits = 0;
        sheet.answered.clear();
        sheet.failures = earlier.failures;
        sheet.pauses = None;
        sheet.recorded.clone_from(&earlier.recorded);
        let left = Sheet {
            cells: std::mem::take(&mut sheet.cells),
            edits: std::mem::take(&mut sheet.edits),
            ..Sheet::default()
        };
        drop(sheets);
        left.give_up();
    }

    /// Clears everything of an invocation that has ended.
    pub(crate) fn clear(&self, id: InvocationId) {
        let Some(mut sheets) = self.sheets() else {
            return;
        };
        let sheet = sheets.remove(&id);
        drop(sheets);
        if let Some((_, sheet)) = sheet {
            sheet.give_up();
        }
    }

    pub(crate) fn is_used(&self) -> bool {
        self.0.get().is_some()
    }

    /// Does something on the sheet of the attempt that began after so many had failed.
    fn on_attempt<T>(
        &self,
        id: InvocationId,
        failures: u32,
        act: impl FnOnce(&mut Sheet) -> Option<T>,
    ) -> Option<T> {
        self.on_sheet(id, |sheet| {
            if sheet.failures == failures {
                act(sheet)
            } else {
                None
            }
        })
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
