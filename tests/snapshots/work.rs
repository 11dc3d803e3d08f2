//! Queues and waits across a cut.

use std::sync::{Arc, Mutex};

use workflows::prelude::*;

use crate::{MINUTE, cut};

#[event]
struct Work(u32);
#[event]
struct Done(u32);

/// Works on six events with three workers, and notes in which order.
#[derive(Clone, Default)]
struct Orderly {
    begun: Arc<Mutex<Vec<u32>>>,
}

#[workflow]
impl Orderly {
    #[step]
    async fn open(&self, _: Start<()>) -> Vec<Work> {
        (1..=6).map(Work).collect()
    }

    #[step(num_workers = 3)]
    async fn work(&self, Work(n): Work) -> Done {
        self.begun.lock().unwrap().push(n);
        tokio::time::sleep(MINUTE).await;
        Done(n)
    }

    #[step]
    async fn end(&self, done: Vec<Done>) -> Stop<Vec<u32>> {
        Stop(done.into_iter().map(|Done(n)| n).collect())
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_running_and_what_was_queued_begins_in_its_old_order() {
    let flow = Orderly::default();
    let handle = flow.clone().run(()).start();
    tokio::time::sleep(MINUTE / 2).await;
    assert_eq!(*flow.begun.lock().unwrap(), [1, 2, 3]);
    let next = Orderly::default();
    let handle = cut(handle, next.clone()).await;
    assert_eq!(handle.await.unwrap(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(*next.begun.lock().unwrap(), [1, 2, 3, 4, 5, 6]);
}

#[event(human_response)]
struct Answer {
    to: String,
}

/// Takes only what is meant for it.
struct Choosy;

#[workflow]
impl Choosy {
    #[step]
    async fn ask(&self, human: Waiter<Answer>, Start(name): Start<String>) -> Result<Stop<String>> {
        let mine = move |answer: &Answer| answer.to == name;
        Ok(Stop(human.wait().matching(mine).await?.to))
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_as_choosy_after_a_cut_as_before() {
    let to = |name: &str| {
        let to = name.to_owned();
        Answer { to }
    };
    let handle = Choosy.run("Ann".to_owned()).start();
    tokio::time::sleep(MINUTE).await;
    let handle = cut(handle, Choosy).await;
    // One comes before the step has begun again, one after it.
    handle.send_event(to("Bob")).unwrap();
    tokio::time::sleep(MINUTE).await;
    handle.send_event(to("Cid")).unwrap();
    tokio::time::sleep(MINUTE).await;
    assert!(!handle.is_done());
    handle.send_event(to("Ann")).unwrap();
    assert_eq!(handle.await.unwrap(), "Ann");
}
