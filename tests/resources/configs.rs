//! Parts of config files.

use std::sync::Arc;

use serde_json::json;
use workflows::{ConfigError, ResourceError, prelude::*};

use crate::{resource_error, step_error};

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
