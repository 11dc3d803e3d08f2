//! What a runner is given in place of a factory.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::SeqCst},
};

use workflows::prelude::*;

use crate::step_error;

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
