//! Resources: what steps need besides events, made by factories.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering::SeqCst},
    },
    time::Duration,
};

use serde_json::json;
use tokio::sync::Notify;
use workflows::{
    Closing, ConfigError, ResourceError, ResourceKind, ResourceSpec, StepError, prelude::*,
};

/// A workflow of one step, whose parameters come after the input and whose body says what it returns.
macro_rules! workflow_of {
    ($name:ident, ($($parameters:tt)*) -> $output:ty => $body:expr) => {
        struct $name;

        #[workflow]
        impl $name {
            #[step]
            async fn work(&self, Start(_): Start<()>, $($parameters)*) -> Result<Stop<$output>> {
                Ok(Stop($body))
            }
        }
    };
}

fn step_error(error: RunError) -> StepError {
    match error {
        RunError::Step(error) => error,
        other => panic!("{other}"),
    }
}

/// What the step failed with.
fn resource_error(error: RunError) -> ResourceError {
    let error = step_error(error);
    let resource = error.downcast_ref::<ResourceError>();
    resource.expect("a resource was missing").clone()
}

mod factories {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    pub(super) struct Number(pub(super) u32);

    fn plain() -> Number {
        Number(1)
    }
    fn fallible() -> Result<Number, io::Error> {
        Ok(Number(2))
    }
    async fn asynchronous() -> Number {
        tokio::task::yield_now().await;
        Number(3)
    }
    async fn asynchronous_and_fallible() -> Result<Number> {
        tokio::task::yield_now().await;
        Ok(Number(4))
    }
    fn future(_: Resources) -> impl Future<Output = anyhow::Result<Number>> {
        std::future::ready(Ok(Number(5)))
    }
    fn generic<const N: u32>() -> Number {
        Number(N)
    }
    async fn sum(resources: Resources) -> Result<Number> {
        let one: Arc<Number> = resources.get(plain).await?;
        let two: Number = resources.get(fallible).await?;
        Ok(Number(one.0 + two.0))
    }
    impl Shapes {
        fn own() -> Number {
            Number(7)
        }
    }

    workflow_of!(Shapes, (
        #[resource(plain)] a: Arc<Number>,
        #[resource(fallible)] b: Arc<Number>,
        #[resource(generic::<6>)] c: Arc<Number>,
        #[resource(Self::own)] d: Arc<Number>,
    ) -> Vec<u32> => [a, b, c, d].iter().map(|number| number.0).collect());

    workflow_of!(AsyncShapes, (
        #[resource(asynchronous)] a: Arc<Number>,
        #[resource(asynchronous_and_fallible)] b: Arc<Number>,
        #[resource(future)] c: Arc<Number>,
        #[resource(sum)] d: Arc<Number>,
    ) -> Vec<u32> => [a, b, c, d].iter().map(|number| number.0).collect());

    #[tokio::test]
    async fn a_factory_is_async_or_not_fallible_or_not_and_may_need_other_resources() {
        assert_eq!(Shapes.run(()).await.unwrap(), [1, 2, 6, 7]);
        assert_eq!(AsyncShapes.run(()).await.unwrap(), [3, 4, 5, 3]);
    }

    trait Voice: Send + Sync {
        fn say(&self) -> String;
    }
    struct Dog;
    impl Voice for Dog {
        fn say(&self) -> String {
            "woof".to_owned()
        }
    }
    struct Fake;
    impl Voice for Fake {
        fn say(&self) -> String {
            "beep".to_owned()
        }
    }
    fn make_voice() -> Arc<dyn Voice> {
        Arc::new(Dog)
    }

    workflow_of!(Clones, (
        #[resource(plain)] number: Number,
        #[resource(plain)] shared: Arc<Number>,
        #[resource(make_voice)] voice: Arc<dyn Voice>,
    ) -> String => {
        assert_eq!(number, *shared);
        voice.say()
    });

    #[tokio::test]
    async fn what_is_a_handle_itself_is_taken_by_value_as_a_clone() {
        assert_eq!(Clones.run(()).await.unwrap(), "woof");
        let voice: Arc<dyn Voice> = Arc::new(Fake);
        let runner = Runner::builder(Clones).resource(make_voice, voice).build();
        assert_eq!(runner.run(()).await.unwrap(), "beep");
    }

    struct Generic<T>(T);

    fn make_default<T: Default>() -> T {
        T::default()
    }

    #[workflow]
    impl<T: Default + ToString + Send + Sync + 'static> Generic<T> {
        #[step]
        async fn show(
            &self,
            _: Start<()>,
            #[resource(make_default::<T>)] it: Arc<T>,
        ) -> Stop<String> {
            Stop(self.0.to_string() + &it.to_string())
        }
    }

    #[tokio::test]
    async fn a_factory_may_depend_on_the_type_parameters_of_the_workflow() {
        assert_eq!(Generic(7_u8).run(()).await.unwrap(), "70");
        assert_eq!(Generic(true).run(()).await.unwrap(), "truefalse");
    }
}

mod caching {
    use super::*;

    static MADE: AtomicU32 = AtomicU32::new(0);

    async fn make_number() -> u32 {
        tokio::task::yield_now().await;
        MADE.fetch_add(1, SeqCst)
    }

    workflow_of!(Cached, (#[resource(make_number)] number: Arc<u32>) -> u32 => *number);

    #[tokio::test]
    async fn all_runs_of_a_runner_share_a_resource_and_another_runner_has_its_own() {
        let runner = Runner::new(Cached);
        let first = runner.run(()).await.unwrap();
        assert_eq!(runner.clone().run(()).await.unwrap(), first);
        assert_eq!(runner.session().run(()).await.unwrap(), first);
        assert_ne!(Runner::new(Cached).run(()).await.unwrap(), first);
        assert_ne!(Cached.run(()).await.unwrap(), first);
    }

    static FRESH: AtomicU32 = AtomicU32::new(0);

    fn make_fresh() -> u32 {
        FRESH.fetch_add(1, SeqCst)
    }

    workflow_of!(Fresh, (
        #[resource(make_fresh, cache = false)] a: u32,
        #[resource(make_fresh, cache = false)] b: u32,
        #[resource(make_fresh)] cached: u32,
    ) -> (u32, u32, u32) => (a, b, cached));

    #[tokio::test]
    async fn what_is_not_cached_is_made_for_each_invocation() {
        let runner = Runner::new(Fresh);
        assert_eq!(runner.run(()).await.unwrap(), (0, 1, 2));
        assert_eq!(runner.run(()).await.unwrap(), (3, 4, 2));
    }

    static BEGUN: AtomicU32 = AtomicU32::new(0);

    async fn make_slowly() -> u32 {
        tokio::time::sleep(Duration::from_secs(5)).await;
        BEGUN.fetch_add(1, SeqCst)
    }

    #[event]
    struct Part;
    #[event]
    struct Whole(u32);

    struct Crowd;

    #[workflow]
    impl Crowd {
        #[step]
        async fn split(&self, Start(parts): Start<usize>) -> Vec<Part> {
            vec![Part; parts]
        }
        #[step(num_workers = 100, spawn)]
        async fn work(&self, _: Part, #[resource(make_slowly)] number: Arc<u32>) -> Whole {
            Whole(*number)
        }
        #[step]
        async fn join(&self, all: Vec<Whole>) -> Stop<u32> {
            Stop(all.iter().map(|whole| whole.0).sum())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn many_who_want_a_resource_at_once_have_it_made_once() {
        let runner = Runner::new(Crowd);
        let (a, b) = tokio::join!(runner.run(100), runner.run(100));
        assert_eq!((a.unwrap(), b.unwrap()), (0, 0));
        assert_eq!(BEGUN.load(SeqCst), 1);
    }
}

mod failures {
    use super::*;

    static TRIES: AtomicU32 = AtomicU32::new(0);

    async fn make_late() -> Result<u32, io::Error> {
        tokio::time::sleep(Duration::from_secs(1)).await;
        match TRIES.fetch_add(1, SeqCst) {
            0 => Err(io::Error::other("refused")),
            n => Ok(n),
        }
    }

    workflow_of!(Late, (#[resource(make_late)] number: Arc<u32>) -> u32 => *number);

    #[tokio::test(start_paused = true)]
    async fn those_who_waited_get_the_error_and_the_next_one_tries_again() {
        let runner = Runner::new(Late);
        let runs: Vec<_> = (0..10).map(|_| runner.run(()).start()).collect();
        for run in runs {
            let error = resource_error(run.await.unwrap_err());
            assert!(
                matches!(error, ResourceError::Failed { resource, .. } if resource == "make_late")
            );
        }
        assert_eq!(runner.run(()).await.unwrap(), 1);
    }

    fn make_nothing() -> Result<u32> {
        Err("no luck".into())
    }

    workflow_of!(Unlucky, (#[resource(make_nothing)] number: Arc<u32>) -> u32 => *number);

    #[tokio::test]
    async fn the_error_of_a_factory_names_the_step_the_resource_and_the_cause() {
        let error = step_error(Unlucky.run(()).await.unwrap_err());
        assert_eq!(
            error.to_string(),
            "step `work` failed on event `Start`: resource `make_nothing` could not be made"
        );
        assert!(
            format!("{error:?}").ends_with("could not be made: no luck"),
            "{error:?}"
        );
    }

    fn make_panic() -> u32 {
        panic!("out of {}", "order")
    }

    workflow_of!(Panicking, (#[resource(make_panic)] number: Arc<u32>) -> u32 => *number);

    #[tokio::test]
    async fn the_panic_of_a_factory_is_an_error_of_the_step() {
        let error = step_error(Panicking.run(()).await.unwrap_err());
        assert_eq!(
            error.to_string(),
            "step `work` failed on event `Start`: resource `make_panic` could not be made: its factory panicked: \
             out of order"
        );
    }

    async fn make_on_sand(resources: Resources) -> Result<u32> {
        let sand: u32 = resources.get(make_nothing).await?;
        Ok(sand)
    }

    workflow_of!(OnSand, (#[resource(make_on_sand)] number: Arc<u32>) -> u32 => *number);

    #[tokio::test]
    async fn the_error_of_a_resource_of_a_resource_names_both() {
        let error = step_error(OnSand.run(()).await.unwrap_err());
        assert!(
            format!("{error:?}").ends_with(
                "resource `make_on_sand` could not be made: resource `make_nothing` could not be made: no luck"
            ),
            "{error:?}"
        );
    }

    struct Patient;

    static PATIENCE: AtomicU32 = AtomicU32::new(0);

    fn make_at_the_third_try() -> Result<u32, io::Error> {
        match PATIENCE.fetch_add(1, SeqCst) {
            2 => Ok(2),
            _ => Err(io::Error::from(io::ErrorKind::ConnectionRefused)),
        }
    }

    #[workflow]
    impl Patient {
        #[step(retry = Retry::fixed(Duration::from_secs(1)).max_attempts(5).on::<io::Error>())]
        async fn work(
            &self,
            _: Start<()>,
            #[resource(make_at_the_third_try)] number: Arc<u32>,
        ) -> Stop<u32> {
            Stop(*number)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_step_whose_resource_fails_is_retried_by_its_policy() {
        assert_eq!(Patient.run(()).await.unwrap(), 2);
    }

    struct Caring;

    #[workflow]
    impl Caring {
        #[step]
        async fn work(
            &self,
            _: Start<()>,
            #[resource(make_nothing)] number: Arc<u32>,
        ) -> Stop<String> {
            Stop(number.to_string())
        }
        #[catch_error]
        async fn care(
            &self,
            failed: StepFailed,
            #[resource(make_word)] word: Arc<String>,
        ) -> Stop<String> {
            Stop(format!("{word}: {}", failed.error().cause()))
        }
    }

    fn make_word() -> String {
        "caught".to_owned()
    }

    #[tokio::test]
    async fn a_missing_resource_is_caught_like_any_failure_and_a_handler_has_resources_too() {
        assert_eq!(
            Caring.run(()).await.unwrap(),
            "caught: resource `make_nothing` could not be made"
        );
    }

    struct Hurried;

    #[workflow]
    impl Hurried {
        #[step(timeout = "500ms")]
        async fn work(
            &self,
            _: Start<()>,
            #[resource(make_forever)] number: Arc<u32>,
        ) -> Stop<u32> {
            Stop(*number)
        }
    }

    async fn make_forever() -> u32 {
        std::future::pending().await
    }

    #[tokio::test(start_paused = true)]
    async fn the_timeout_of_a_step_counts_the_making_of_its_resources() {
        let error = step_error(Hurried.run(()).await.unwrap_err());
        assert!(error.to_string().contains("500ms"), "{error}");
    }
}

mod cancelling {
    use super::*;

    static GATE: Notify = Notify::const_new();
    static BEGUN: AtomicU32 = AtomicU32::new(0);

    async fn make_behind_a_gate() -> u32 {
        let number = BEGUN.fetch_add(1, SeqCst);
        GATE.notified().await;
        number
    }

    workflow_of!(Gated, (#[resource(make_behind_a_gate)] number: Arc<u32>) -> u32 => *number);

    #[tokio::test(start_paused = true)]
    async fn one_who_gives_up_does_not_disturb_the_others_and_the_last_takes_the_work_along() {
        let runner = Runner::new(Gated);
        let settle = || tokio::time::sleep(Duration::from_millis(1));
        let (first, second) = (runner.run(()).start(), runner.run(()).start());
        settle().await;
        first.cancel();
        assert!(matches!(first.await, Err(RunError::Cancelled { .. })));
        GATE.notify_one();
        assert_eq!(second.await.unwrap(), 0);
        assert_eq!(BEGUN.load(SeqCst), 1);

        let runner = Runner::new(Gated);
        let only = runner.run(()).start();
        settle().await;
        only.cancel();
        assert!(only.await.is_err());
        let next = runner.run(()).start();
        settle().await;
        GATE.notify_one();
        assert_eq!(next.await.unwrap(), 2);
    }
}

mod crowds {
    use super::*;

    static MADE: AtomicU32 = AtomicU32::new(0);

    async fn make_base() -> u32 {
        tokio::task::yield_now().await;
        MADE.fetch_add(1, SeqCst)
    }
    async fn make_upon(resources: Resources) -> Result<String> {
        let base: Arc<u32> = resources.get(make_base).await?;
        tokio::task::yield_now().await;
        Ok(base.to_string())
    }

    workflow_of!(Upon, (
        #[resource(make_upon)] upon: Arc<String>,
        #[resource(make_base)] base: Arc<u32>,
    ) -> (String, u32) => (upon.to_string(), *base));

    /// Many threads, and a third of the runs given up at some point.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_crowd_in_which_many_give_up_has_one_resource_in_the_end() {
        for _ in 0..200 {
            let runner = Runner::new(Upon);
            let runs: Vec<_> = (0..9).map(|_| runner.run(()).start()).collect();
            runs.iter().step_by(3).for_each(RunHandle::cancel);
            let mut results = Vec::new();
            for run in runs {
                match run.await {
                    Ok(result) => results.push(result),
                    Err(error) => assert!(matches!(error, RunError::Cancelled { .. }), "{error}"),
                }
            }
            let (upon, base) = results.first().expect("six were not given up");
            assert_eq!(*upon, base.to_string());
            assert!(results.iter().all(|result| result == &results[0]));
        }
    }
}

mod cycles {
    use super::*;

    async fn make_a(resources: Resources) -> Result<u32> {
        tokio::task::yield_now().await;
        let b: Arc<u64> = resources.get(make_b).await?;
        Ok(u32::try_from(*b)?)
    }
    fn make_b(resources: Resources) -> futures_util::future::BoxFuture<'static, Result<u64>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            let c: Arc<u16> = resources.get(make_c).await?;
            Ok(u64::from(*c))
        })
    }
    fn make_c(resources: Resources) -> futures_util::future::BoxFuture<'static, Result<u16>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            let a: Arc<u32> = resources.get(make_a).await?;
            Ok(u16::try_from(*a)?)
        })
    }

    workflow_of!(NeedsA, (#[resource(make_a)] a: Arc<u32>) -> u32 => *a);

    #[tokio::test]
    async fn resources_that_need_each_other_are_refused_with_the_chain() {
        let error = resource_error(NeedsA.run(()).await.unwrap_err());
        assert_eq!(
            error.to_string(),
            "resources need each other: `make_a` → `make_b` → `make_c` → `make_a`"
        );
    }

    struct NeedsAll;

    #[event]
    struct Turn(u32);
    #[event]
    struct Done;

    #[workflow]
    impl NeedsAll {
        #[step]
        async fn begin(&self, _: Start<()>) -> (Turn, Done) {
            (Turn(0), Done)
        }
        #[step(retry = Retry::fixed(Duration::from_secs(1)).max_attempts(3))]
        async fn a(&self, _: Turn, #[resource(make_a)] a: Arc<u32>) -> Stop<u32> {
            Stop(*a)
        }
        #[step(retry = Retry::fixed(Duration::from_secs(1)).max_attempts(3))]
        async fn b(&self, _: Turn, #[resource(make_b)] _b: Arc<u64>) {}
        #[step(retry = Retry::fixed(Duration::from_secs(1)).max_attempts(3))]
        async fn c(&self, _: Done, #[resource(make_c)] _c: Arc<u16>) {}
    }

    #[tokio::test(start_paused = true)]
    async fn resources_that_are_made_at_once_and_need_each_other_do_not_wait_forever() {
        let error = resource_error(NeedsAll.run(()).await.unwrap_err());
        assert!(matches!(error, ResourceError::Cycle { chain } if chain.len() == 4));
    }

    fn make_self(resources: Resources) -> futures_util::future::BoxFuture<'static, Result<u8>> {
        Box::pin(async move { Ok(resources.make::<u8, _, _>(make_self).await?) })
    }

    workflow_of!(NeedsItself, (#[resource(make_self, cache = false)] it: u8) -> u8 => it);

    #[tokio::test]
    async fn a_factory_that_is_not_cached_and_needs_itself_is_refused() {
        let error = resource_error(NeedsItself.run(()).await.unwrap_err());
        assert_eq!(
            error.to_string(),
            "resources need each other: `make_self` → `make_self`"
        );
    }

    async fn make_left(resources: Resources) -> Result<u32> {
        Ok(resources.get::<u32, _, _>(make_base).await? + 1)
    }
    async fn make_right(resources: Resources) -> Result<u32> {
        Ok(resources.get::<u32, _, _>(make_base).await? + 2)
    }
    async fn make_base() -> u32 {
        tokio::task::yield_now().await;
        10
    }
    async fn make_both(resources: Resources) -> Result<u32> {
        let (left, right) = tokio::try_join!(
            resources.get::<u32, _, _>(make_left),
            resources.get::<u32, _, _>(make_right)
        )?;
        Ok(left + right)
    }

    workflow_of!(Diamond, (#[resource(make_both)] both: Arc<u32>) -> u32 => *both);

    #[tokio::test]
    async fn two_that_need_the_same_one_are_no_cycle() {
        assert_eq!(Diamond.run(()).await.unwrap(), 23);
    }
}

mod configs {
    use super::*;

    #[data]
    #[derive(PartialEq)]
    struct Pool {
        size: u32,
        url: String,
    }

    #[data]
    struct App {
        name: String,
    }

    workflow_of!(Configured, (
        #[resource(config = "tests/resources/app.json", path = "db.pool")] json: Arc<Pool>,
        #[resource(config = "tests/resources/app.toml", path = "db.pool")] toml: Arc<Pool>,
        #[resource(config = "tests/resources/app.toml")] app: Arc<App>,
        #[resource(config = "tests/resources/app.json", path = "db.pool.size")] size: Arc<u64>,
    ) -> (u32, u32, String, u64) => (json.size, toml.size, app.name.clone(), *size));

    #[tokio::test]
    async fn a_config_is_the_part_of_a_json_or_toml_file_at_a_path() {
        assert_eq!(
            Configured.run(()).await.unwrap(),
            (8, 9, "shop".to_owned(), 8)
        );
    }

    #[tokio::test]
    async fn a_runner_may_have_another_config_in_place_of_a_file() {
        let pool = Pool {
            size: 1,
            url: String::new(),
        };
        let runner = Runner::builder(Configured)
            .config(
                "tests/resources/app.json",
                json!({ "db": { "pool": pool } }),
            )
            .build();
        assert_eq!(runner.run(()).await.unwrap(), (1, 9, "shop".to_owned(), 1));
    }

    const ONCE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/resources_once.json");

    workflow_of!(Once, (
        #[resource(config = ONCE, path = "a")] a: Arc<u32>,
        #[resource(config = ONCE, path = "b")] b: Arc<u32>,
    ) -> (u32, u32) => (*a, *b));

    #[tokio::test]
    async fn a_config_file_is_read_once_for_a_runner_when_it_is_first_needed() {
        let runner = Runner::new(Once);
        std::fs::write(ONCE, r#"{ "a": 1, "b": 2 }"#).unwrap();
        assert_eq!(runner.run(()).await.unwrap(), (1, 2));
        std::fs::write(ONCE, r#"{ "a": 3, "b": 4 }"#).unwrap();
        assert_eq!(runner.run(()).await.unwrap(), (1, 2));
        assert_eq!(Once.run(()).await.unwrap(), (3, 4));
    }

    workflow_of!(Absent, (#[resource(config = "absent.toml")] app: Arc<App>) -> String => app.name.clone());
    workflow_of!(Astray, (
        #[resource(config = "tests/resources/app.json", path = "db.pond.size")] size: Arc<u32>,
    ) -> u32 => *size);
    workflow_of!(Mistyped, (
        #[resource(config = "tests/resources/app.json", path = "db.pool.url")] size: Arc<u32>,
    ) -> u32 => *size);
    workflow_of!(Unfinished, (
        #[resource(config = "tests/resources/app.json", path = "db")] pool: Arc<Pool>,
    ) -> u32 => pool.size);

    #[tokio::test]
    async fn the_error_of_a_config_names_the_file_the_path_and_what_is_there() {
        let absent = step_error(Absent.run(()).await.unwrap_err());
        let expected = "step `work` failed on event `Start`: config file `absent.toml` cannot be read: No such file";
        assert!(format!("{absent:?}").starts_with(expected), "{absent:?}");

        let astray = resource_error(Astray.run(()).await.unwrap_err());
        assert_eq!(
            astray.to_string(),
            "config file `tests/resources/app.json` has no `db.pond.size`: `db` is a table with `pool`"
        );

        let mistyped = resource_error(Mistyped.run(()).await.unwrap_err());
        assert_eq!(
            mistyped.to_string(),
            "config file `tests/resources/app.json` at `db.pool.url` is no `u32`: found a string"
        );

        let unfinished = step_error(Unfinished.run(()).await.unwrap_err());
        let unfinished = format!("{unfinished:?}");
        assert!(
            unfinished.ends_with("found a table with `pool`: missing field `size`"),
            "{unfinished}"
        );
    }

    const BROKEN: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/resources_broken.toml");

    workflow_of!(Broken, (#[resource(config = BROKEN)] app: Arc<App>) -> String => app.name.clone());

    #[tokio::test]
    async fn a_file_that_is_not_what_its_name_says_is_refused_until_it_is_mended() {
        let runner = Runner::new(Broken);
        std::fs::write(BROKEN, "name = ").unwrap();
        let error = resource_error(runner.run(()).await.unwrap_err());
        assert!(
            matches!(
                &error,
                ResourceError::Config(ConfigError::Parse { format: "TOML", .. })
            ),
            "{error}"
        );
        std::fs::write(BROKEN, "name = 'mended'").unwrap();
        assert_eq!(runner.run(()).await.unwrap(), "mended");
    }

    async fn make_url(resources: Resources) -> Result<String> {
        let pool = resources.config::<Pool>("tests/resources/app.json", "db.pool");
        Ok(pool.await?.url.clone())
    }

    workflow_of!(Connected, (#[resource(make_url)] url: Arc<String>) -> String => url.to_string());

    #[tokio::test]
    async fn a_factory_may_read_a_config_too() {
        assert_eq!(Connected.run(()).await.unwrap(), "postgres://db");
    }
}

mod overrides {
    use super::*;

    fn make_name() -> Result<String> {
        Err("not in a test".into())
    }
    async fn make_greeting(resources: Resources) -> Result<String> {
        let name: Arc<String> = resources.get(make_name).await?;
        Ok(format!("hello {name}"))
    }

    workflow_of!(Greet, (
        #[resource(make_greeting)] greeting: Arc<String>,
        #[resource(make_name, cache = false)] name: Arc<String>,
    ) -> String => format!("{greeting}, {name}"));

    #[tokio::test]
    async fn a_runner_may_be_given_a_resource_in_place_of_a_factory() {
        let runner = Runner::builder(Greet)
            .resource(make_name, "crab".to_owned())
            .build();
        assert_eq!(runner.run(()).await.unwrap(), "hello crab, crab");
    }

    #[tokio::test]
    async fn a_runner_may_be_given_another_factory_which_is_used_as_the_first_would_be() {
        let made = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&made);
        let runner = Runner::builder(Greet)
            .resource_with(make_name, move |_| {
                let number = counter.fetch_add(1, SeqCst);
                async move { Ok(format!("tenant {number}")) }
            })
            .build();
        assert_eq!(runner.run(()).await.unwrap(), "hello tenant 0, tenant 1");
        assert_eq!(runner.run(()).await.unwrap(), "hello tenant 0, tenant 2");
        assert_eq!(made.load(SeqCst), 3);
    }

    #[tokio::test]
    async fn the_error_of_another_factory_names_the_one_whose_place_it_took() {
        let runner = Runner::builder(Greet)
            .resource_with(make_name, |_| async {
                Err::<String, _>("no tenant".into())
            })
            .build();
        let error = step_error(runner.run(()).await.unwrap_err());
        assert!(format!("{error:?}").ends_with("`make_name` could not be made: no tenant"));
    }
}

mod ending {
    use super::*;

    type Log = Arc<Mutex<Vec<String>>>;

    /// Says when it is dropped.
    struct Noisy(&'static str, Log);

    impl Noisy {
        fn log(&self, what: &str) {
            let mut log = self.1.lock().expect("nobody panics with the log");
            log.push(format!("{what} {}", self.0));
        }
    }

    impl Drop for Noisy {
        fn drop(&mut self) {
            self.log("drop");
        }
    }

    fn make_log() -> Log {
        unreachable!("every test gives its own")
    }
    async fn make_db(resources: Resources) -> Result<Noisy> {
        Ok(Noisy("db", resources.get(make_log).await?))
    }
    async fn make_pool(resources: Resources) -> Result<Closing<Noisy>> {
        let _: Arc<Noisy> = resources.get(make_db).await?;
        let pool = Noisy("pool", resources.get(make_log).await?);
        Ok(Closing::new(pool, |pool| async move {
            tokio::task::yield_now().await;
            pool.log("close");
        }))
    }
    async fn make_cache(resources: Resources) -> Result<Closing<Noisy>> {
        let cache = Noisy("cache", resources.get(make_log).await?);
        Ok(Closing::new(cache, |cache| async move {
            cache.log("close");
            Err("disk full")
        }))
    }

    workflow_of!(Keeper, (
        #[resource(make_pool)] pool: Arc<Noisy>,
        #[resource(make_cache)] cache: Arc<Noisy>,
    ) -> String => format!("{} {}", pool.0, cache.0));

    fn keeper() -> (Runner<Keeper>, Log) {
        let log = Log::default();
        let runner = Runner::builder(Keeper).resource(make_log, Arc::clone(&log));
        (runner.build(), log)
    }

    #[tokio::test]
    async fn resources_are_dropped_the_last_one_first_with_the_last_handle_of_the_runner_and_its_runs()
     {
        let (runner, log) = keeper();
        let handle = runner.run(()).start();
        let clone = runner.clone();
        drop(runner);
        drop(clone);
        let mut stream = handle.stream_events();
        handle.await.unwrap();
        while stream.next().await.is_some() {}
        assert!(log.lock().unwrap().is_empty());
        drop(stream);
        assert_eq!(*log.lock().unwrap(), ["drop cache", "drop pool", "drop db"]);
    }

    #[tokio::test]
    async fn shutdown_closes_the_last_one_first_and_reports_what_would_not_close() {
        let (runner, log) = keeper();
        runner.run(()).await.unwrap();
        let error = runner.shutdown().await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "resource `make_cache` could not be closed: disk full"
        );
        assert_eq!(error.failures().count(), 1);
        assert_eq!(
            *log.lock().unwrap(),
            [
                "close cache",
                "drop cache",
                "close pool",
                "drop pool",
                "drop db"
            ]
        );
        runner.shutdown().await.unwrap();
    }

    #[tokio::test]
    async fn after_a_shutdown_resources_are_made_anew() {
        let (runner, log) = keeper();
        runner.run(()).await.unwrap();
        runner.shutdown().await.unwrap_err();
        log.lock().unwrap().clear();
        assert_eq!(runner.run(()).await.unwrap(), "pool cache");
        drop(runner);
        assert_eq!(*log.lock().unwrap(), ["drop cache", "drop pool", "drop db"]);
    }

    fn make_bomb() -> Closing<u32> {
        Closing::new(1, |number| async move { assert_eq!(*number, 2, "bang") })
    }

    workflow_of!(Bombed, (#[resource(make_bomb)] bomb: u32) -> u32 => bomb);

    #[tokio::test]
    async fn a_panic_while_closing_is_an_error() {
        let runner = Runner::new(Bombed);
        runner.run(()).await.unwrap();
        assert_eq!(
            runner.shutdown().await.unwrap_err().to_string(),
            "resource `make_bomb` could not be closed: it panicked: assertion `left == right` failed: bang\n  left: 1\n right: 2"
        );
    }

    fn keep(resources: Resources) -> Resources {
        resources
    }

    workflow_of!(Keeping, (#[resource(keep)] resources: Resources) -> bool => {
        *KEPT.lock().expect("nobody panics with it") = Some(resources);
        true
    });

    static KEPT: Mutex<Option<Resources>> = Mutex::new(None);

    #[tokio::test]
    async fn one_who_keeps_the_resources_does_not_keep_them_alive() {
        Keeping.run(()).await.unwrap();
        let kept = KEPT.lock().unwrap().take().unwrap();
        let error = kept.get::<u32, _, _>(make_bomb).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "resource `make_bomb` was asked for after the end of its runner"
        );
    }
}

mod places {
    use super::*;

    async fn make_slowly() -> u32 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        7
    }
    fn fail() -> Result<u32> {
        Err("no".into())
    }

    #[event]
    struct Next(u32);

    struct Everywhere;

    #[workflow]
    impl Everywhere {
        #[step(spawn)]
        async fn spawned(
            &self,
            _: Start<bool>,
            #[resource(make_slowly)] number: u32,
            out: Emitter<Next>,
        ) {
            out.send(Next(number));
        }
        #[step(blocking)]
        fn blocking(
            &self,
            next: Next,
            ctx: Context,
            #[resource(make_slowly, cache = false)] number: u32,
        ) -> Stop<u32> {
            assert!(!ctx.is_cancelled());
            std::thread::sleep(Duration::from_millis(1));
            Stop(next.0 + number)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn resources_are_awaited_before_a_step_blocks_its_thread() {
        assert_eq!(Everywhere.run(true).await.unwrap(), 14);
    }

    struct Blocked;

    #[workflow]
    impl Blocked {
        #[step(blocking)]
        fn work(&self, _: Start<()>, #[resource(fail)] number: u32) -> Stop<u32> {
            Stop(number)
        }
    }

    #[tokio::test]
    async fn a_blocking_step_fails_with_its_resource() {
        let error = resource_error(Blocked.run(()).await.unwrap_err());
        assert_eq!(error.to_string(), "resource `fail` could not be made");
    }
}

mod graph {
    use super::*;

    mod db {
        pub(super) fn connect() -> u32 {
            1
        }
    }

    struct Drawn;

    #[workflow]
    impl Drawn {
        #[step(num_workers = 1)]
        async fn work(
            &self,
            _: Start<()>,
            #[resource(db::connect)] a: Arc<u32>,
            #[resource(db::connect, cache = false)] b: u32,
            #[resource(config = "app.toml", path = "a.b")] c: Arc<Vec<String>>,
        ) -> Stop<usize> {
            Stop(*a as usize + b as usize + c.len())
        }
    }

    #[test]
    fn the_table_of_steps_lists_their_resources() {
        assert_eq!(
            Drawn::GRAPH.steps()[0].resources,
            [
                ResourceSpec {
                    name: "db::connect",
                    type_name: "Arc<u32>",
                    kind: ResourceKind::Factory,
                    cached: true,
                },
                ResourceSpec {
                    name: "db::connect",
                    type_name: "u32",
                    kind: ResourceKind::Factory,
                    cached: false,
                },
                ResourceSpec {
                    name: "app.toml",
                    type_name: "Arc<Vec<String>>",
                    kind: ResourceKind::Config { path: "a.b" },
                    cached: true,
                },
            ]
        );
    }

    #[test]
    fn pictures_note_what_a_step_needs() {
        let note = "1 worker, needs db::connect, app.toml";
        assert!(Drawn::GRAPH.to_text().contains(&format!("[{note}]")));
        let note = note.replace(", needs", " · needs");
        assert!(Drawn::GRAPH.to_mermaid().contains(&note));
        assert!(Drawn::GRAPH.to_dot().contains(&note));
        #[cfg(feature = "svg")]
        assert!(Drawn::GRAPH.to_svg().contains(&note));
        assert_eq!(
            Drawn::GRAPH.to_json()["steps"][0]["resources"],
            json!([
                { "name": "db::connect", "type": "Arc<u32>", "kind": "factory", "path": null, "cached": true },
                { "name": "db::connect", "type": "u32", "kind": "factory", "path": null, "cached": false },
                { "name": "app.toml", "type": "Arc<Vec<String>>", "kind": "config", "path": "a.b", "cached": true },
            ])
        );
    }
}
