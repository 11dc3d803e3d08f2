//! Steps that fail, panic or leave nothing to do.

use std::{error::Error, fmt, time::Duration};

use workflows::prelude::*;

#[event]
struct Work(String);

#[derive(Debug)]
struct Refused {
    code: u32,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused with {}", self.code)
    }
}

impl Error for Refused {}

struct Failing;

/// Fails in the way that its input names.
#[workflow]
impl Failing {
    #[step]
    async fn hand_on(&self, Start(how): Start<String>) -> Work {
        Work(how)
    }

    #[step]
    async fn custom(&self, Work(how): Work) -> Result<Option<Stop<()>>, Refused> {
        match how.as_str() {
            "custom" => Err(Refused { code: 42 }),
            "late" => {
                tokio::time::sleep(Duration::from_secs(3)).await;
                Err(Refused { code: 43 })
            }
            _ => Ok(None),
        }
    }

    #[step]
    async fn anyhow(&self, Work(how): Work) -> anyhow::Result<()> {
        if how == "anyhow" {
            let error = anyhow::Error::new(Refused { code: 7 });
            return Err(error.context("while asking").context("while working"));
        }
        Ok(())
    }

    #[step]
    async fn string(&self, Work(how): Work) -> Result<(), String> {
        if how == "string" {
            Err(format!("no {how}"))
        } else {
            Ok(())
        }
    }

    #[step]
    async fn text(&self, Work(how): Work) -> Result<(), &'static str> {
        if how == "text" {
            Err("just text")
        } else {
            Ok(())
        }
    }

    #[step]
    async fn boxed(&self, Work(how): Work) -> Result<()> {
        if how == "boxed" {
            how.parse::<u32>()?;
        }
        Ok(())
    }

    #[step]
    async fn inline(&self, Work(how): Work) {
        assert_ne!(how, "inline");
        tokio::task::yield_now().await;
        assert_ne!(how, "inline later", "it is {how}");
    }

    #[step(spawn)]
    async fn spawned(&self, Work(how): Work) {
        assert_ne!(how, "spawned");
        tokio::task::yield_now().await;
        assert_ne!(how, "spawned later");
    }

    #[step(blocking)]
    fn blocking(&self, Work(how): Work) {
        assert_ne!(how, "blocking");
        if how == "no text" {
            std::panic::panic_any(5);
        }
    }
}

async fn failure(how: &str) -> workflows::StepError {
    match Failing.run(how.to_owned()).await {
        Err(RunError::Step(error)) => error,
        other => panic!("the run ended with {other:?}"),
    }
}

#[tokio::test]
async fn a_step_fails_with_any_error() {
    let cases = [
        ("custom", "custom", "refused with 42"),
        (
            "anyhow",
            "anyhow",
            "while working: while asking: refused with 7",
        ),
        ("string", "string", "no string"),
        ("text", "text", "just text"),
        ("boxed", "boxed", "invalid digit found in string"),
    ];
    for (how, step, cause) in cases {
        let error = failure(how).await;
        assert_eq!(
            (error.step(), error.event(), error.attempts()),
            (step, "Work", 1)
        );
        assert!(!error.is_panic());
        let whole = format!("step `{step}` failed on event `Work`: {cause}");
        assert_eq!(format!("{error:?}"), whole);
        assert!(whole.starts_with(&error.to_string()), "{error}");
    }
}

#[tokio::test]
async fn an_error_is_found_again_by_its_type() {
    let error = failure("custom").await;
    assert_eq!(error.downcast_ref::<Refused>().unwrap().code, 42);
    assert!(error.downcast_ref::<fmt::Error>().is_none());
    assert_eq!(error.cause().to_string(), "refused with 42");
    assert!(error.source().is_none(), "the message names the cause");
    let error = failure("anyhow").await;
    assert_eq!(
        error.to_string(),
        "step `anyhow` failed on event `Work`: while working"
    );
    assert_eq!(error.source().unwrap().to_string(), "while asking");
}

#[tokio::test(start_paused = true)]
async fn a_failure_tells_the_time_since_its_attempt_began() {
    let error = failure("late").await;
    assert_eq!(error.elapsed(), Duration::from_secs(3));
}

#[tokio::test]
async fn a_panic_is_the_failure_of_its_step_wherever_it_runs() {
    let cases = [
        ("inline", "inline", "assertion `left != right` failed"),
        (
            "inline later",
            "inline",
            "assertion `left != right` failed: it is inline later",
        ),
        ("spawned", "spawned", "assertion `left != right` failed"),
        (
            "spawned later",
            "spawned",
            "assertion `left != right` failed",
        ),
        ("blocking", "blocking", "assertion `left != right` failed"),
        (
            "no text",
            "blocking",
            "the step panicked with a value that is not a string",
        ),
    ];
    for (how, step, message) in cases {
        let error = failure(how).await;
        assert!(error.is_panic());
        assert_eq!(error.step(), step);
        assert!(error.to_string().starts_with(&format!(
            "step `{step}` panicked on event `Work`: {message}"
        )));
        assert!(
            error.cause().to_string().starts_with(message),
            "{}",
            error.cause()
        );
    }
}

#[tokio::test]
async fn a_run_with_nothing_left_to_do_fails_at_once() {
    let error = Failing.run("nothing".to_owned()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the run of `Failing` has nothing left to do, and no step returned `Stop`"
    );
}

#[event]
struct Left;
#[event]
struct Right;

struct Lopsided;

#[workflow]
impl Lopsided {
    #[step]
    async fn open(&self, Start(right): Start<bool>) -> (Left, Option<Right>) {
        (Left, right.then_some(Right))
    }

    #[step]
    async fn both(&self, _: Left, _: Right) -> Stop<()> {
        Stop(())
    }
}

#[tokio::test]
async fn a_stalled_run_names_what_its_joins_wait_for() {
    Lopsided.run(true).await.unwrap();
    let error = Lopsided.run(false).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the run of `Lopsided` has nothing left to do, and no step returned `Stop`; \
         join `both` has `Left` and waits for `Right`"
    );
}

#[event]
struct Element(u32);

struct FailingList;

#[workflow]
impl FailingList {
    #[step]
    async fn open(&self, _: Start<()>) -> Vec<Element> {
        (0..10).map(Element).collect()
    }

    #[step]
    async fn work(&self, Element(n): Element) -> Result<Left, Refused> {
        if n == 5 {
            Err(Refused { code: n })
        } else {
            Ok(Left)
        }
    }

    #[step]
    async fn collect(&self, _: Vec<Left>) -> Stop<()> {
        Stop(())
    }
}

#[tokio::test]
async fn a_failure_inside_a_fan_out_fails_the_run() {
    let error = FailingList.run(()).await.unwrap_err();
    let RunError::Step(error) = error else {
        panic!("the run ended with {error}");
    };
    assert_eq!((error.step(), error.event()), ("work", "Element"));
    assert_eq!(error.downcast_ref::<Refused>().unwrap().code, 5);
}

/// A return type of one's own that says one thing and does another.
struct Lying;

impl workflows::StepOutput for Lying {
    const EMITS: workflows::Emits = <Stop<u32> as workflows::StepOutput>::EMITS;

    fn emit(self, outbox: &mut workflows::Outbox) -> Result<(), workflows::BoxError> {
        Stop("not a number".to_owned()).emit(outbox)
    }
}

impl<In, Out> workflows::Endpoints<In, Out> for Lying {}

struct Deceived;

#[workflow(output = u32)]
impl Deceived {
    #[step]
    async fn lie(&self, _: Start<()>) -> Lying {
        Lying
    }
}

#[tokio::test]
async fn a_stop_of_another_type_than_the_signatures_show_is_an_error() {
    let error = Deceived.run(()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the run of `Deceived` ended with `Stop<String>` instead of `Stop<u32>`"
    );
}
