use std::{error::Error, io, sync::Arc};

use thiserror::Error;

use super::*;

#[derive(Debug, Error)]
#[error("status {status}")]
struct HttpError {
    status: u16,
}

#[derive(Debug, Error)]
#[error("the model did not answer")]
struct ModelError(#[from] HttpError);

#[derive(Debug, Error)]
#[error("the review failed")]
struct ReviewError(#[source] BoxError);

#[derive(Debug, Error)]
#[error("too many requests")]
pub(super) struct RateLimited {
    pub(super) retry_after: Option<Duration>,
}

/// An `HttpError` three levels down.
fn nested(status: u16) -> BoxError {
    ReviewError(ModelError(HttpError { status }).into()).into()
}

fn policy() -> Retry {
    Retry::fixed(secs(1))
}

#[test]
fn without_a_condition_every_error_is_tried_again() {
    assert!(retries(&policy(), "any text"));
    assert!(retries(&policy(), nested(404)));
}

#[test]
fn an_error_is_found_by_type_three_levels_down() {
    let policy = policy().on::<HttpError>();
    assert!(retries(&policy, HttpError { status: 503 }));
    assert!(retries(&policy, nested(503)));
    assert!(!retries(&policy, fmt::Error));
    assert!(!retries(&policy, "any text"));
}

#[test]
fn a_condition_is_asked_of_the_error_that_is_found() {
    let policy = policy().when(|error: &HttpError| error.status >= 500);
    assert!(retries(&policy, nested(503)));
    assert!(!retries(&policy, nested(404)));
    assert!(!retries(&policy, fmt::Error));
}

#[test]
fn a_condition_is_asked_of_every_error_of_its_type() {
    #[derive(Debug, Error)]
    #[error("level {0}")]
    struct Level(u8, #[source] Option<Box<Level>>);

    let error = || Level(1, Some(Box::new(Level(2, None))));
    assert!(retries(
        &policy().when(|level: &Level| level.0 == 2),
        error()
    ));
    assert!(!retries(
        &policy().when(|level: &Level| level.0 == 3),
        error()
    ));
}

#[test]
fn one_of_several_conditions_is_enough() {
    let policy = policy()
        .on::<fmt::Error>()
        .when(|error: &HttpError| error.status == 503);
    assert!(retries(&policy, fmt::Error));
    assert!(retries(&policy, nested(503)));
    assert!(!retries(&policy, nested(404)));
}

#[test]
fn what_is_excluded_is_excluded_whatever_else_holds() {
    let policy = policy()
        .on::<ReviewError>()
        .unless(|error: &HttpError| error.status == 404)
        .not_on::<fmt::Error>();
    assert!(retries(&policy, nested(503)));
    assert!(!retries(&policy, nested(404)));
    assert!(!retries(&policy, ReviewError(fmt::Error.into())));
}

#[test]
fn without_what_is_excluded_all_the_rest_is_tried_again() {
    let policy = policy().not_on::<fmt::Error>();
    assert!(retries(&policy, "any text"));
    assert!(!retries(&policy, fmt::Error));
}

#[test]
fn messages_are_looked_for_in_the_causes_too() {
    let policy = policy().when_message(|message| message.contains("503"));
    assert!(retries(&policy, "got 503"));
    assert!(retries(&policy, nested(503)));
    assert!(!retries(&policy, nested(404)));
    let policy = policy.unless_message(|message| message == "the review failed");
    assert!(!retries(&policy, nested(503)));
}

#[test]
fn the_causes_can_be_asked_without_the_error() {
    let is_http = |error: &(dyn Error + 'static)| error.is::<HttpError>();
    let policy = policy().when_attempt(move |failed| failed.errors().skip(1).any(is_http));
    assert!(retries(&policy, nested(503)));
    assert!(!retries(&policy, HttpError { status: 503 }));
}

#[test]
fn what_wrappers_hide_is_found() {
    let policy = policy().on::<HttpError>();
    let http = || HttpError { status: 503 };
    assert!(retries(&policy, io::Error::other(http())));
    assert!(retries(&policy, io::Error::other(ModelError(http()))));
    assert!(retries(&policy, Arc::new(http())));
    assert!(retries(&policy, Box::new(http())));
    let shared: Arc<dyn Error + Send + Sync> = Arc::new(http());
    assert!(retries(&policy, shared));
    assert!(!retries(&policy, io::Error::other("any text")));
}

#[test]
fn find_gives_the_outermost_error_of_its_type() {
    let failure = Failure::error(nested(503));
    let failed = FailedAttempt {
        attempts: 1,
        elapsed: Duration::ZERO,
        failure: &failure,
        seed: 0,
    };
    assert_eq!(failed.find::<HttpError>().unwrap().status, 503);
    assert!(failed.find::<fmt::Error>().is_none());
    assert_eq!(failed.errors().count(), 3);
    assert_eq!(failed.error().to_string(), "the review failed");
}

#[test]
fn a_panic_is_final() {
    let panic = Failure::panic("index out of bounds".to_owned());
    assert!(!retries_failure(&policy(), &panic));
    assert!(!retries_failure(&policy().when_message(|_| true), &panic));
}

#[test]
fn a_panic_is_tried_again_where_the_author_says_so() {
    let panic = Failure::panic("index out of bounds".to_owned());
    let policy = policy().on::<HttpError>().also_on_panic();
    assert!(retries_failure(&policy, &panic));
    assert!(retries(&policy, nested(503)));
    assert!(!retries(&policy, fmt::Error));
    let policy = policy.unless_message(|message| message.contains("bounds"));
    assert!(!retries_failure(&policy, &panic));
}

#[test]
fn conditions_of_both_parts_of_a_policy_count() {
    let policy = policy()
        .on::<HttpError>()
        .plus(policy().on::<fmt::Error>().not_on::<ReviewError>());
    assert!(retries(&policy, HttpError { status: 503 }));
    assert!(retries(&policy, fmt::Error));
    assert!(!retries(&policy, nested(503)));
    assert!(!retries(&policy, "any text"));
}
