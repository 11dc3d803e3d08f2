//! Many runs that want one resource, some of which give up.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::SeqCst},
};

use workflows::prelude::*;

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
