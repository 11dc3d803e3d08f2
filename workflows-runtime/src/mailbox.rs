//! What a handle wants of a run that is under way.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use futures_util::task::AtomicWaker;
use serde_json::Value;
use tokio::sync::oneshot;
use workflows_core::{AnyEvent, Emission, InvocationId, Outbox, Wait, WaitKey};

use crate::session::Recorded;

pub(crate) enum Message {
    Cancel,
    Snapshot(oneshot::Sender<Recorded>),
    Pause,
    Resume,
    Send(Emission<Box<dyn AnyEvent>>),
    RunningSteps(oneshot::Sender<Vec<&'static str>>),
    /// A step begins to wait.
    Wait {
        invocation: InvocationId,
        wait: Box<Wait>,
    },
    /// A step has given up a wait.
    DropWait {
        invocation: InvocationId,
        key: WaitKey,
    },
    /// A step emits something at once.
    Emit {
        invocation: InvocationId,
        outbox: Outbox,
    },
    /// A step keeps a result for its later attempts, and goes on when that is done.
    Record {
        invocation: InvocationId,
        key: String,
        value: Value,
        done: oneshot::Sender<()>,
    },
}

/// Messages to a run; posting one wakes its driver.
pub(crate) struct Mailbox {
    /// `None` once the run is over.
    messages: Mutex<Option<Vec<Message>>>,
    /// Whether there may be a message: spares the driver the lock between one step and the next.
    has_mail: AtomicBool,
    driver: AtomicWaker,
}

impl Default for Mailbox {
    fn default() -> Self {
        Self {
            messages: Mutex::new(Some(Vec::new())),
            has_mail: AtomicBool::new(false),
            driver: AtomicWaker::new(),
        }
    }
}

impl Mailbox {
    /// Leaves a message; drops it and says no where the run is over.
    pub(crate) fn post(&self, message: Message) -> bool {
        match &mut *self.messages() {
            Some(messages) => messages.push(message),
            None => return false,
        }
        self.has_mail.store(true, Ordering::Release);
        self.driver.wake();
        true
    }

    /// Has the driver woken at the next message.
    pub(crate) fn wakes(&self, driver: &std::task::Waker) {
        self.driver.register(driver);
    }

    /// Takes what there is.
    #[inline]
    pub(crate) fn take(&self) -> Vec<Message> {
        // Lowered before the messages are taken: one that comes in between raises it again.
        if !self.has_mail.load(Ordering::Acquire) {
            return Vec::new();
        }
        self.has_mail.store(false, Ordering::Relaxed);
        self.messages()
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// Drops the messages that are left and those to come: nobody reads them any more.
    pub(crate) fn close(&self) {
        *self.messages() = None;
    }

    /// Whether the run is over.
    pub(crate) fn is_closed(&self) -> bool {
        self.messages().is_none()
    }

    fn messages(&self) -> MutexGuard<'_, Option<Vec<Message>>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
