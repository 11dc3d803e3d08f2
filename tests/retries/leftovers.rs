//! What a failed attempt leaves behind, and what it does not.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
    mpsc,
};

use tokio::sync::Notify;
use workflows::{WaitError, prelude::*};

use crate::{Done, SECOND, Status, Work};

/// What an attempt leaves behind.
#[derive(Default)]
struct Careful {
    charges: AtomicU32,
}

#[state]
struct Ledger {
    at_once: u32,
    on_commit: u32,
}

#[workflow]
impl Careful {
    #[step(retry = Retry::immediately().max_attempts(3))]
    async fn work(
        &self,
        ctx: Context<Ledger>,
        out: Emitter<OneOf![Work | Done]>,
        _: Start<()>,
    ) -> Result<()> {
        out.send(Work(1));
        out.send_now(Done(1));
        ctx.store().edit_state(|ledger| ledger.at_once += 1).await?;
        ctx.edit_on_commit(|ledger| ledger.on_commit += 1);
        let charge = async || {
            self.charges.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Status>(77)
        };
        let receipt: u32 = ctx.once("charge", charge).await?;
        assert_eq!(receipt, 77);
        if ctx.attempt().number() < 3 {
            return Err("not yet".into());
        }
        out.send(Done(0));
        Ok(())
    }

    #[step]
    async fn end(&self, ctx: Context<Ledger>, Done(last): Done) -> Result<Option<Stop<Vec<u32>>>> {
        let count = ctx.store().edit_state(|ledger| ledger.at_once).await?;
        let commits = ctx.store().get_state().await?.on_commit;
        Ok((last == 0).then(|| Stop(vec![count, commits])))
    }

    #[step]
    async fn count(&self, ctx: Context<Ledger>, _: Work) -> Result<()> {
        ctx.store()
            .edit_state(|ledger| ledger.at_once += 100)
            .await?;
        Ok(())
    }
}

#[tokio::test]
async fn a_failed_attempt_leaves_only_what_was_to_take_effect_at_once() {
    let flow = Arc::new(Careful::default());
    // `Work` was sent three times and committed once; the state was edited at once three times, on commit once.
    assert_eq!(Arc::clone(&flow).run(()).await.unwrap(), [103, 1]);
    assert_eq!(flow.charges.load(Ordering::SeqCst), 1);
}

/// Edits on commit, and fails in the way that its input names until the third attempt.
struct Editor;

#[workflow]
impl Editor {
    #[step(retry = Retry::immediately().max_attempts(3).also_on_panic())]
    async fn edit(&self, ctx: Context<Ledger>, Start(how): Start<String>) -> Result<Work> {
        ctx.edit_on_commit(|ledger| ledger.on_commit += 1);
        ctx.edit_on_commit(|ledger| ledger.on_commit *= 10);
        if ctx.attempt().number() < 3 {
            match how.as_str() {
                "fail" => return Err("on purpose".into()),
                "panic" => panic!("on purpose"),
                _ => ctx.edit_on_commit(|_| panic!("in the middle of the edits")),
            }
        }
        assert_eq!(ctx.store().get_state().await?.on_commit, 0, "not yet");
        Ok(Work(ctx.attempt().number()))
    }

    #[step]
    async fn end(&self, ctx: Context<Ledger>, Work(attempts): Work) -> Result<Stop<(u32, u32)>> {
        Ok(Stop((attempts, ctx.store().get_state().await?.on_commit)))
    }
}

#[tokio::test]
async fn the_edits_of_an_attempt_are_made_in_order_when_it_commits_all_or_none() {
    for how in ["fail", "panic", "panic in an edit"] {
        assert_eq!(Editor.run(how.to_owned()).await.unwrap(), (3, 10), "{how}");
    }
}

/// Does two things once, of which the second works only at the third try.
#[derive(Default)]
struct Once {
    done: Mutex<Vec<&'static str>>,
}

#[workflow]
impl Once {
    #[step(retry = Retry::immediately().max_attempts(4))]
    async fn work(&self, ctx: Context, _: Start<()>) -> Result<Stop<(u32, u32)>> {
        let number = ctx.attempt().number();
        let first = async || {
            self.done.lock().unwrap().push("first");
            Ok::<_, Status>(number)
        };
        let first = ctx.once("first", first).await?;
        let second = async || {
            self.done.lock().unwrap().push("second");
            if number < 3 {
                Err(Status(500))
            } else {
                Ok(number)
            }
        };
        let second = ctx.once("second", second).await?;
        if number < 4 {
            return Err("not yet".into());
        }
        Ok(Stop((first, second)))
    }
}

#[tokio::test]
async fn a_result_is_kept_for_later_attempts_and_an_error_is_not() {
    let flow = Arc::new(Once::default());
    let runner = Runner::new(Arc::clone(&flow));
    assert_eq!(runner.run(()).await.unwrap(), (1, 3));
    let done = ["first", "second", "second", "second"];
    assert_eq!(*flow.done.lock().unwrap(), done);
    // Another run does its own work.
    runner.run(()).await.unwrap();
    assert_eq!(flow.done.lock().unwrap().len(), 8);
}

#[event(human_response)]
struct Answer(u32);

/// Its first attempt takes too long, and edits and waits when the second has begun: a thread that blocks cannot be
/// stopped.
struct Abandoned {
    begun: Notify,
    gates: [(mpsc::Sender<()>, Mutex<mpsc::Receiver<()>>); 2],
}

#[workflow]
impl Abandoned {
    #[step(blocking, timeout = "1s", retry = Retry::immediately().max_attempts(2))]
    fn work(&self, ctx: Context<Ledger>, human: Waiter<Answer>, _: Start<()>) -> Result<Done> {
        let [
            (second_began, until_second_began),
            (first_edited, until_first_edited),
        ] = &self.gates;
        if ctx.attempt().number() == 1 {
            self.begun.notify_one();
            until_second_began.lock().unwrap().recv()?;
            ctx.edit_on_commit(|ledger| ledger.on_commit += 100);
            let refused = ctx.block_on(human.wait()).unwrap_err();
            assert!(matches!(refused, WaitError::GivenUp { .. }), "{refused}");
            first_edited.send(())?;
        } else {
            second_began.send(())?;
            until_first_edited.lock().unwrap().recv()?;
            let Answer(number) = ctx.block_on(human.wait())?;
            ctx.edit_on_commit(move |ledger| ledger.on_commit += number);
        }
        Ok(Done(ctx.attempt().number()))
    }

    #[step]
    async fn end(&self, ctx: Context<Ledger>, Done(attempt): Done) -> Result<Stop<(u32, u32)>> {
        Ok(Stop((attempt, ctx.store().get_state().await?.on_commit)))
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_was_given_up_edits_and_takes_nothing_though_it_goes_on() {
    let gates = [(); 2].map(|()| {
        let (sender, receiver) = mpsc::channel();
        (sender, Mutex::new(receiver))
    });
    let begun = Notify::new();
    let flow = Arc::new(Abandoned { begun, gates });
    let handle = Runner::new(Arc::clone(&flow)).run(()).start();
    flow.begun.notified().await;
    tokio::time::advance(2 * SECOND).await;
    handle.send_event(Answer(1)).unwrap();
    assert_eq!(handle.await.unwrap(), (2, 1));
}

/// Does one thing twice at the same time, and tells what came of it in its second attempt.
struct Hasty;

#[workflow]
impl Hasty {
    #[step(retry = Retry::immediately())]
    async fn work(&self, ctx: Context, _: Start<()>) -> Result<Stop<[u32; 3]>> {
        let slow = async || {
            tokio::task::yield_now().await;
            Result::<_>::Ok(1)
        };
        let fast = async || Result::<_>::Ok(2);
        let (slow, fast) = tokio::join!(ctx.once("it", slow), ctx.once("it", fast));
        let again = ctx.once("it", async || Result::<_>::Ok(3)).await?;
        if ctx.attempt().number() == 1 {
            assert_eq!((slow?, fast?), (2, 2));
            return Err("again".into());
        }
        Ok(Stop([slow?, fast?, again]))
    }
}

#[tokio::test]
async fn what_is_done_once_has_one_result_though_it_is_done_twice_at_the_same_time() {
    assert_eq!(Hasty.run(()).await.unwrap(), [2, 2, 2]);
}
