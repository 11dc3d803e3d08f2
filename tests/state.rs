//! The state that the steps of a run share.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where it unwraps, in its steps too"
)]

use std::sync::{Arc, Mutex};

use workflows::{StateError, prelude::*};

#[data]
#[derive(PartialEq, Default)]
struct Address {
    zip: String,
    lines: Vec<String>,
}

#[state]
#[derive(PartialEq)]
struct Profile {
    count: u64,
    address: Address,
    note: Option<String>,
}

type Store = workflows::Store<Profile>;
type Check =
    Box<dyn for<'a> Fn(&'a Store) -> futures_util::future::BoxFuture<'a, ()> + Send + Sync>;

/// Runs a check on the store of a run.
struct Typed(Check);

#[workflow]
impl Typed {
    #[step]
    async fn check(&self, ctx: Context<Profile>, _: Start<()>) -> Stop<Profile2> {
        let Self(check) = self;
        check(ctx.store()).await;
        let state = ctx.store().get_state().await.unwrap();
        Stop(Profile2 {
            count: state.count,
            zip: state.address.zip.clone(),
        })
    }
}

/// What is left of the state.
#[data]
#[derive(PartialEq)]
struct Profile2 {
    count: u64,
    zip: String,
}

async fn with_store(
    check: impl for<'a> Fn(&'a Store) -> futures_util::future::BoxFuture<'a, ()> + Send + Sync + 'static,
) -> Profile2 {
    Typed(Box::new(check)).run(()).await.unwrap()
}

#[tokio::test]
async fn a_snapshot_does_not_see_later_edits() {
    let left = with_store(|store| {
        Box::pin(async move {
            let before = store.get_state().await.unwrap();
            let count = store
                .edit_state(|state| {
                    state.count += 1;
                    state.count
                })
                .await
                .unwrap();
            assert_eq!((before.count, count), (0, 1));
            let between = store.get_state().await.unwrap();
            store
                .set_state(Profile {
                    count: 9,
                    ..Profile::default()
                })
                .await
                .unwrap();
            assert_eq!((before.count, between.count), (0, 1));
        })
    });
    assert_eq!(left.await.count, 9);
}

#[tokio::test]
async fn a_failed_edit_changes_nothing() {
    let left = with_store(|store| {
        Box::pin(async move {
            let failed: Result<(), _> = store
                .try_edit_state(|state| {
                    state.count = 77;
                    Err("no")
                })
                .await;
            assert_eq!(failed, Err("no"));
            assert_eq!(store.get_state().await.unwrap().count, 0);
            let done = store
                .try_edit_state(|state| {
                    state.count = 5;
                    Ok::<_, String>("yes")
                })
                .await;
            assert_eq!(done, Ok("yes"));
        })
    });
    assert_eq!(left.await.count, 5);
}

#[tokio::test]
async fn an_edit_that_panics_changes_nothing_and_the_store_goes_on() {
    let left = with_store(|store| {
        Box::pin(async move {
            let edit = store.edit_state(|state| {
                state.count = 77;
                panic!("in the middle")
            });
            let edit: Result<Result<(), _>, _> =
                futures_util::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(edit)).await;
            assert!(edit.is_err());
            assert_eq!(store.get_state().await.unwrap().count, 0);
            store.edit_state(|state| state.count += 1).await.unwrap();
        })
    });
    assert_eq!(left.await.count, 1);
}

async fn text<T: std::fmt::Debug>(result: impl Future<Output = Result<T, StateError>>) -> String {
    result.await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_typed_state_is_read_and_changed_by_dotted_paths() {
    let left = with_store(|store| {
        Box::pin(async move {
            store.set("address.zip", "1010").await.unwrap();
            store.set("address.lines", ["a", "b"]).await.unwrap();
            store.set("address.lines.-1", "c").await.unwrap();
            assert_eq!(store.get::<String>("address.lines.1").await.unwrap(), "c");
            assert_eq!(
                store.get::<Address>("address").await.unwrap().lines,
                ["a", "c"]
            );
            assert_eq!(store.get_or("count", 3_u64).await.unwrap(), 0);
            assert_eq!(
                store
                    .get_or("address.lines.7", "none".to_owned())
                    .await
                    .unwrap(),
                "none"
            );
            assert_eq!(
                store.get_or::<Option<u8>>("note", Some(3)).await.unwrap(),
                None
            );
        })
    });
    assert_eq!(left.await.zip, "1010");
}

#[tokio::test]
async fn a_path_that_leads_nowhere_is_named_with_what_is_there() {
    let left = with_store(|store| {
        Box::pin(async move {
            assert_eq!(
                text(store.get::<u32>("address.street")).await,
                "path `address.street` not found: `address` is an object with the keys [lines, zip], which has no `street`"
            );
            assert_eq!(
                text(store.set("address.street", 1)).await,
                "path `address.street` not found: `address` is an object with the keys [lines, zip], which has no `street`"
            );
            assert_eq!(
                text(store.get::<u32>("count.x")).await,
                "path `count.x` not found: `count` is the number 0, which has no `x`"
            );
            assert_eq!(
                text(store.get::<Vec<u8>>("count")).await,
                "path `count`: invalid type: integer `0`, expected a sequence"
            );
            assert_eq!(
                text(store.set("count", "many")).await,
                "path `count`: invalid type: string \"many\", expected u64"
            );
            assert_eq!(
                text(store.get_or("a..b", 1)).await,
                "path `a..b` has an empty segment"
            );
            assert_eq!(*store.get_state().await.unwrap(), Profile::default());
        })
    });
    left.await;
}

#[tokio::test]
async fn clearing_gives_the_default_state() {
    let flow = Typed(Box::new(|store| {
        Box::pin(async move {
            assert_eq!(store.get_state().await.unwrap().count, 8);
            store.clear().await.unwrap();
        })
    }));
    let state = Profile {
        count: 8,
        ..Profile::default()
    };
    assert_eq!(flow.run(()).state(state).await.unwrap().count, 0);
}

#[tokio::test]
async fn a_run_begins_with_its_own_state_the_runner_s_or_the_default() {
    let counted = |count| Profile {
        count,
        ..Profile::default()
    };
    let nothing: Check = Box::new(|_| Box::pin(async {}));
    let runner = Runner::builder(Typed(nothing)).state(counted(3)).build();
    assert_eq!(runner.run(()).await.unwrap().count, 3);
    assert_eq!(runner.run(()).state(counted(4)).await.unwrap().count, 4);
    assert_eq!(runner.run(()).await.unwrap().count, 3);
    assert_eq!(with_store(|_| Box::pin(async {})).await.count, 0);
}

struct Loose;

#[workflow]
impl Loose {
    #[step]
    async fn check(&self, ctx: Context, _: Start<()>) -> Result<Stop<String>> {
        let store = ctx.store();
        store.set("profile.address.zip", "1010").await?;
        store.set("tags", ["a"]).await?;
        store.edit_state(|state| state.insert("n", 1)).await?;
        assert_eq!(store.get_or("profile.name", 7).await?, 7);
        assert_eq!(store.get::<u8>("n").await?, 1);
        assert_eq!(
            text(store.get::<u8>("m")).await,
            "path `m` not found: the state is an object with the keys [n, profile, tags], which has no `m`"
        );
        assert_eq!(
            text(store.set("tags.1", "b")).await,
            "path `tags.1` not found: `tags` is a list of 1, which has no `1`"
        );
        let deep = |depth: usize| vec!["a"; depth].join(".");
        store.set(&deep(1000), 5).await?;
        assert_eq!(store.get::<u8>(&deep(1000)).await?, 5);
        assert_eq!(
            text(store.set(&deep(1001), 5)).await,
            "the path has 1001 segments, more than 1000: it begins with `a.a.a.a`"
        );
        Ok(Stop(store.get("profile.address.zip").await?))
    }
}

#[tokio::test]
async fn state_without_a_type_holds_any_json() {
    assert_eq!(Loose.run(()).await.unwrap(), "1010");
}

const EDITS: u64 = 10_000;

#[event]
struct Count;
#[event]
struct Counted;

struct Counter;

/// Counts in four invocations at once, two of them on threads of their own.
#[workflow]
impl Counter {
    #[step]
    async fn open(&self, _: Start<()>) -> (Count, Count) {
        (Count, Count)
    }

    #[step]
    async fn inline(&self, ctx: Context<Profile>, _: Count) -> Result<Counted> {
        for _ in 0..EDITS {
            ctx.store().edit_state(|state| state.count += 1).await?;
            tokio::task::consume_budget().await;
        }
        Ok(Counted)
    }

    #[step(spawn)]
    async fn spawned(&self, ctx: Context<Profile>, _: Count) -> Result<Counted> {
        for _ in 0..EDITS {
            ctx.store().edit_state(|state| state.count += 1).await?;
        }
        Ok(Counted)
    }

    #[step]
    async fn all(
        &self,
        ctx: Context<Profile>,
        _: Counted,
        _: Counted,
        _: Counted,
        _: Counted,
    ) -> Result<Stop<u64>> {
        Ok(Stop(ctx.store().get("count").await?))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_edits_of_each_of_four_invocations_lose_nothing() {
    assert_eq!(Counter.run(()).await.unwrap(), 4 * EDITS);
}

/// Edits in places that an observer reads while the run goes on.
struct Torn(Arc<Mutex<Vec<bool>>>);

#[state]
struct Twins {
    left: u64,
    right: u64,
}

#[workflow]
impl Torn {
    #[step(spawn)]
    async fn write(&self, ctx: Context<Twins>, _: Start<()>) -> Result<Stop<()>> {
        for _ in 0..EDITS {
            let edit = |state: &mut Twins| {
                state.left += 1;
                state.right += 1;
            };
            ctx.store().edit_state(edit).await?;
        }
        Ok(Stop(()))
    }

    #[step(spawn)]
    async fn read(&self, ctx: Context<Twins>, _: Start<()>) -> Result<()> {
        for _ in 0..EDITS {
            let state = ctx.store().get_state().await?;
            self.0.lock().unwrap().push(state.left == state.right);
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_see_no_half_of_an_edit() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    Torn(Arc::clone(&seen)).run(()).await.unwrap();
    assert!(seen.lock().unwrap().iter().all(|whole| *whole));
}

struct Keys;

#[workflow]
impl Keys {
    #[step]
    async fn edit(&self, ctx: Context, _: Start<()>) -> Result<Stop<Vec<(String, u32)>>> {
        let edit = |state: &mut DictState| {
            assert!(state.is_empty() && state.insert("b", 1).is_none());
            *state.entry_or("b", 5) = 2.into();
            *state.entry_or("a", 5) = 3.into();
            *state.get_mut("a").unwrap() = 4.into();
            state.insert("c", 6);
            assert_eq!(state.remove("c"), Some(6.into()));
            assert!(state.contains_key("a") && !state.contains_key("c"));
            assert_eq!(state.len(), 2);
        };
        ctx.store().edit_state(edit).await?;
        let state = ctx.store().get_state().await?;
        let number = |value: &serde_json::Value| value.as_u64().unwrap() as u32;
        let all = state
            .iter()
            .map(|(key, value)| (key.to_owned(), number(value)));
        Ok(Stop(all.collect()))
    }
}

#[tokio::test]
async fn state_without_a_type_is_edited_by_key() {
    let all = [("a".to_owned(), 4), ("b".to_owned(), 2)];
    assert_eq!(Keys.run(()).await.unwrap(), all);
}

#[tokio::test]
async fn an_edit_in_place_copies_nothing_unless_somebody_holds_the_state() {
    let left = with_store(|store| {
        Box::pin(async move {
            let push = |state: &mut Profile| {
                state.address.lines.push("line".to_owned());
                state.address.lines.as_ptr().addr()
            };
            let first = store.edit_in_place(push).await.unwrap();
            let edit = |state: &mut Profile| {
                state.count += 1;
                state.address.lines.as_ptr().addr()
            };
            assert_eq!(store.edit_in_place(edit).await.unwrap(), first);
            let held = store.get_state().await.unwrap();
            store.edit_in_place(edit).await.unwrap();
            assert_eq!(held.count, 1);
        })
    })
    .await;
    assert_eq!(left.count, 2);
}

struct Accountant;

#[workflow]
impl Accountant {
    #[step(blocking)]
    fn count(&self, ctx: Context<Profile>, Start(by): Start<u64>) -> Result<Stop<u64>> {
        let add = |state: &mut Profile| {
            state.count += by;
            state.count
        };
        ctx.block_on(ctx.store().edit_state(add))?;
        Ok(Stop(ctx.block_on(ctx.store().edit_state(add))?))
    }
}

#[tokio::test]
async fn a_blocking_step_uses_the_state() {
    assert_eq!(Accountant.run(4).await.unwrap(), 8);
}
