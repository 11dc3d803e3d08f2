//! What a handle wants of a run that is under way.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Waker,
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
        /// How many attempts had failed when the one that waits began.
        failures: u32,
        wait: Box<Wait>,
    },
    /// A step has given up a wait.
    DropWait {
        invocation: InvocationId,
        /// How many attempts had failed when the one that waited began.
        failures: u32,
        key: WaitKey,
    },
    /// A step emits something at once.
    Emit {
        invocation: InvocationId,
        outbox: Outbox,
    },
    /// A step has kept a result for its later attempts.
    Record {
        invocation: InvocationId,
        key: String,
        value: Value,
    },
}

struct Inbox {
    messages: Vec<Message>,
    /// Whether the driver is going to look before it sleeps, so that nobody need wake it.
    is_awake: bool,
    /// Whether the run is over.
    is_closed: bool,
}

/// Messages to a run; posting one wakes its driver.
pub(crate) struct Mailbox {
    inbox: Mutex<Inbox>,
    has_mail: AtomicBool,
    driver: AtomicWaker,
}

impl Default for Mailbox {
    fn default() -> Self {
        let inbox = Inbox {
            messages: Vec::new(),
            is_awake: true,
            is_closed: false,
        };
        Self {
            inbox: Mutex::new(inbox),
            has_mail: AtomicBool::new(false),
            driver: AtomicWaker::new(),
        }
    }
}

impl Mailbox {
    /// Leaves a message; drops it and says no where the run is over.
    pub(crate) fn post(&self, message: Message) -> bool {
        let mut inbox = self.inbox();
        if inbox.is_closed {
            return false;
        }
        inbox.messages.push(message);
        self.has_mail.store(true, Ordering::Release);
        let was_awake = std::mem::replace(&mut inbox.is_awake, true);
        drop(inbox);
        if !was_awake {
            self.driver.wake();
        }
        true
    }

    /// The driver is awake; `waker` wakes it when it has gone to [sleep](Self::sleep).
    pub(crate) fn rouse(&self, waker: &Waker) {
        self.driver.register(waker);
        self.inbox().is_awake = true;
    }

    /// Has the next message wake the driver; says no where there is one already.
    pub(crate) fn sleep(&self) -> bool {
        let mut inbox = self.inbox();
        inbox.is_awake = !inbox.messages.is_empty();
        !inbox.is_awake
    }

    /// Whether there may be a message. What a step has posted is seen here once the step has returned.
    pub(crate) fn has_mail(&self) -> bool {
        self.has_mail.load(Ordering::Acquire)
    }

    /// Takes what there is.
    pub(crate) fn take(&self) -> Vec<Message> {
        let mut inbox = self.inbox();
        self.has_mail.store(false, Ordering::Release);
        std::mem::take(&mut inbox.messages)
    }

    /// Drops the messages that are left and those to come: nobody reads them any more.
    pub(crate) fn close(&self) {
        let mut inbox = self.inbox();
        inbox.is_closed = true;
        let unread = std::mem::take(&mut inbox.messages);
        drop(inbox);
        // What drops with a message may be the author's: not under the lock.
        drop(unread);
    }

    /// Whether the run is over.
    pub(crate) fn is_closed(&self) -> bool {
        self.inbox().is_closed
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
