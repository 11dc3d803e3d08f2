//! What runs do that last: wait for answers, keep results, and are written down.

use std::{
    collections::BTreeMap,
    future::Future,
    hint::black_box,
    sync::{Arc, Mutex},
};

use criterion::{BatchSize, Criterion};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use workflows::prelude::*;

use crate::{Bench, OURS, runs};

const WAITS: u64 = 10_000;
const KEYS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
const KEEPERS: u64 = 1_000;
const IN_FLIGHT: u64 = 1_000;

#[event(input_required)]
struct Question(u64);

#[event(human_response)]
struct Reply(u64);

/// Asks as often as the input says, one question after the other.
struct Asks;

#[workflow]
impl Asks {
    #[step]
    async fn ask(&self, human: Waiter<Reply>, Start(questions): Start<u64>) -> Result<Stop<u64>> {
        let mut sum = 0;
        for n in 0..questions {
            let Reply(n) = human.wait().announce(Question(n)).await?;
            sum += n;
        }
        Ok(Stop(sum))
    }
}

#[event]
struct Keep {
    left: u64,
}

/// Keeps a result for each of [`KEYS`] in one step, as often as its input says.
struct Keeps;

#[workflow]
impl Keeps {
    #[step]
    async fn keep(
        &self,
        ctx: Context,
        from: OneOf![Start<u64> | Keep],
    ) -> Result<OneOf![Keep | Stop<u64>]> {
        let (KeepInput::Start(Start(left)) | KeepInput::Keep(Keep { left })) = from;
        for key in KEYS {
            ctx.once(key, async || Ok::<u64, String>(left)).await?;
        }
        Ok(if left > 1 {
            Keep { left: left - 1 }.into()
        } else {
            Stop(left).into()
        })
    }
}

/// Values as JSON in a map for each step.
async fn keep_all(kept: Arc<Mutex<BTreeMap<String, Value>>>) {
    for left in 0..KEEPERS {
        let mut kept = kept.lock().expect("nothing panics here");
        kept.clear();
        for key in KEYS {
            kept.insert(key.to_owned(), Value::from(black_box(left)));
        }
    }
}

#[event]
struct Letter {
    n: u64,
    text: String,
}

impl Letter {
    fn all() -> Vec<Self> {
        let letter = |n| Self {
            n,
            text: format!("letter number {n}"),
        };
        (0..IN_FLIGHT).map(letter).collect()
    }
}

/// Has a fan-out in flight for ever.
struct Post;

#[workflow]
impl Post {
    #[step]
    async fn send(&self, _: Start<()>) -> Vec<Letter> {
        Letter::all()
    }

    #[step]
    async fn deliver(&self, letter: Letter) -> Stop<u64> {
        std::future::pending::<()>().await;
        Stop(letter.n + letter.text.len() as u64)
    }
}

pub(crate) fn waits(criterion: &mut Criterion) {
    let runner = Runner::new(Asks);
    let mut bench = Bench::new(criterion, "waits", WAITS);
    // On one thread: otherwise it would be the operating system's wake-ups that are measured.
    bench.runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("the system has a thread for a runtime");
    bench
        .measure(OURS, || answer_all(&runner))
        .measure("oneshot", answer_channels);
}

async fn answer_all(runner: &Runner<Asks>) {
    let run = runner.run(WAITS).start();
    let mut events = run.stream_events();
    while let Some(event) = events.next().await {
        if let Some(&Question(n)) = event.downcast_ref() {
            run.send_event(Reply(n)).expect("the run waits");
        }
    }
    black_box(run.await.expect("the run stops"));
}

/// One task asks, with a channel for the answer in each question, and another answers.
async fn answer_channels() {
    let (questions, mut asked) = mpsc::unbounded_channel::<(u64, oneshot::Sender<u64>)>();
    let asks = tokio::spawn(async move {
        let mut sum = 0;
        for n in 0..WAITS {
            let (reply, replied) = oneshot::channel();
            // The other task answers to the end.
            let _ = questions.send((n, reply));
            sum += replied.await.unwrap_or_default();
        }
        sum
    });
    while let Some((n, reply)) = asked.recv().await {
        let _ = reply.send(n);
    }
    black_box(asks.await.expect("the task ends"));
}

pub(crate) fn once(criterion: &mut Criterion) {
    let runner = Runner::new(Keeps);
    let results = KEEPERS * KEYS.len() as u64;
    Bench::new(criterion, "once", results)
        .measure(OURS, || runs(&runner, KEEPERS, 1))
        .measure("map", || keep_all(Arc::default()));
}

pub(crate) fn snapshot(criterion: &mut Criterion) {
    let runner = Runner::new(Post);
    let mut bench = Bench::new(criterion, "snapshot", IN_FLIGHT);
    let run = bench.runtime.block_on(posted(&runner));
    bench
        .measure(OURS, || run.snapshot())
        .measure("serde-json", async || {
            serde_json::to_value(Letter::all()).expect("letters are written")
        });
}

pub(crate) fn restore(criterion: &mut Criterion) {
    let runner = Runner::new(Post);
    let mut bench = Bench::new(criterion, "restore", IN_FLIGHT);
    let snapshot = bench.runtime.block_on(async {
        let run = posted(&runner).await;
        run.snapshot().await.expect("the run goes on")
    });
    let letters = serde_json::to_value(Letter::all()).expect("letters are written");
    bench
        .measure_with(
            OURS,
            || snapshot.clone(),
            async |snapshot| runner.restore(snapshot).expect("the snapshot fits"),
        )
        .measure_with(
            "serde-json",
            || letters.clone(),
            async |letters| {
                serde_json::from_value::<Vec<Letter>>(letters).expect("letters are read")
            },
        );
}

/// A run with all letters in flight.
async fn posted(runner: &Runner<Post>) -> RunHandle<Post> {
    let run = runner.run(()).start();
    while run.running_steps().await != ["deliver"; 4] {
        tokio::task::yield_now().await;
    }
    run
}

impl Bench<'_> {
    /// Measures `work` on what `prepare` makes, which is not measured.
    fn measure_with<T, F: Future>(
        &mut self,
        name: &str,
        prepare: impl Fn() -> T,
        work: impl Fn(T) -> F,
    ) -> &mut Self {
        let runtime = &self.runtime;
        self.group.bench_function(name, |bencher| {
            let measured = |input| black_box(runtime.block_on(work(input)));
            bencher.iter_batched(&prepare, measured, BatchSize::SmallInput);
        });
        self
    }
}
