//! Sessions: what one run leaves to the next, and what it does not.

use tokio::time::Instant;
use workflows::{SnapshotError, prelude::*};

use crate::MINUTE;

#[tokio::test]
async fn nothing_is_left_to_snapshot_of_a_run_that_has_ended() {
    let handle = Greeter.run("you".to_owned()).start();
    while !handle.is_done() {
        tokio::task::yield_now().await;
    }
    assert!(matches!(handle.snapshot().await, Err(SnapshotError::Ended)));
}

/// Remembers whom it has met.
struct Greeter;

#[state]
struct Met {
    names: Vec<String>,
}

#[workflow]
impl Greeter {
    #[step]
    async fn greet(&self, ctx: Context<Met>, Start(name): Start<String>) -> Result<Stop<String>> {
        let before = ctx.store().get_state().await?.names.join(", ");
        let said = format!("hello {name}, I have met [{before}]");
        ctx.store().edit_state(|met| met.names.push(name)).await?;
        Ok(Stop(said))
    }
}

#[tokio::test]
async fn a_session_carries_the_state_from_run_to_run_and_across_processes() {
    let session = Runner::new(Greeter).session();
    let said = session.run("Ann".to_owned()).await.unwrap();
    assert_eq!(said, "hello Ann, I have met []");
    session.run("Bob".to_owned()).start().await.unwrap();
    let text = serde_json::to_string(&session.snapshot().await.unwrap()).unwrap();
    let session = Runner::new(Greeter)
        .restore(serde_json::from_str(&text).unwrap())
        .unwrap();
    assert!(session.restored_runs().is_empty());
    let said = session.run("Cid".to_owned()).await.unwrap();
    assert_eq!(said, "hello Cid, I have met [Ann, Bob]");
    let names = session.store().get_state().await.unwrap().names.clone();
    assert_eq!(names, ["Ann", "Bob", "Cid"]);
}

/// Takes eight minutes, or ends in the way that its input names.
struct Visitor;

#[state]
struct Visits {
    begun: Vec<String>,
}

#[workflow(timeout = "10m")]
impl Visitor {
    #[step]
    async fn visit(&self, ctx: Context<Visits>, Start(how): Start<String>) -> Result<Stop<()>> {
        let visit = how.clone();
        ctx.store()
            .edit_state(|visits| visits.begun.push(visit))
            .await?;
        match how.as_str() {
            "quick" => tokio::time::sleep(MINUTE * 8).await,
            "fail" => return Err("on purpose".into()),
            _ => std::future::pending().await,
        }
        Ok(Stop(()))
    }
}

#[tokio::test(start_paused = true)]
async fn every_run_of_a_session_has_its_whole_timeout() {
    let session = Runner::new(Visitor).session();
    for _ in 0..5 {
        session.run("quick".to_owned()).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_came_to_a_bad_end_leaves_the_next_one_nothing_but_the_state() {
    for how in ["time out", "cancel", "fail"] {
        let session = Runner::new(Visitor).session();
        let handle = session.run(how.to_owned()).start();
        tokio::task::yield_now().await;
        if how == "cancel" {
            handle.cancel();
        }
        assert!(handle.await.is_err());
        let began = Instant::now();
        let next = session.run("quick".to_owned()).start();
        tokio::task::yield_now().await;
        assert_eq!(next.running_steps().await, ["visit"]);
        next.await.unwrap();
        assert_eq!(began.elapsed(), MINUTE * 8);
        let visits = session.store().get_state().await.unwrap();
        assert_eq!(
            visits.begun,
            [how, "quick"],
            "the old work is not done again"
        );
    }
}

/// Sets a value as deep in its state as the input says.
struct Miner;

#[workflow]
impl Miner {
    #[step]
    async fn dig(&self, ctx: Context, Start(levels): Start<usize>) -> Result<Stop<()>> {
        let path = vec!["down"; levels].join(".");
        ctx.store().set(&path, 1).await?;
        Ok(Stop(()))
    }
}

#[tokio::test]
async fn a_state_so_deep_that_no_reader_follows_is_an_error_of_the_snapshot() {
    let session = Runner::new(Miner).session();
    session.run(100).await.unwrap();
    let text = serde_json::to_string(&session.snapshot().await.unwrap()).unwrap();
    serde_json::from_str::<workflows::Snapshot>(&text).unwrap();

    session.run(101).await.unwrap_err();
    session.store().clear().await.unwrap();
    session.run(101).await.unwrap();
    let error = session.snapshot().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the state cannot be written: it is nested more than 100 levels deep, which readers of JSON refuse"
    );
}

#[tokio::test]
async fn a_snapshot_whose_run_is_later_than_itself_is_refused() {
    let runner = Runner::new(Visitor);
    let handle = runner.run("wait".to_owned()).start();
    tokio::task::yield_now().await;
    let mut json = serde_json::to_value(handle.snapshot().await.unwrap()).unwrap();
    let now = &mut json["runs"][0]["in_flight"]["now"];
    *now = (now.as_u64().unwrap() + 1_000_000_000).into();
    let error = runner.restore(serde_json::from_value(json).unwrap());
    assert_eq!(
        error.unwrap_err().to_string(),
        "the snapshot does not fit workflow `Visitor`: it contradicts itself: its clock is ahead of itself"
    );
}
