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
    /// Whether there may be some: asked without the lock.
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

    /// Takes what there is, and has the driver woken at the next message.
    pub(crate) fn take(&self, driver: &std::task::Waker) -> Vec<Message> {
        self.driver.register(driver);
        self.has_mail.store(false, Ordering::Release);
        self.messages()
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// Whether somebody has left a message. What a step has left before it returned is seen by whoever sees it return.
    pub(crate) fn has_mail(&self) -> bool {
        self.has_mail.load(Ordering::Acquire)
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
