//! What signatures can say, and where a workflow can stand.

mod elsewhere {
    //! Events and unions of another module.

    use workflows::prelude::*;

    #[event]
    pub(crate) struct Draft(pub(crate) String);
    #[event]
    pub(crate) struct Review {
        pub(crate) text: String,
        pub(crate) score: u8,
    }

    /// What several steps give.
    #[derive(EventUnion)]
    pub(crate) enum Outcome {
        Again(Draft),
        Judged(Review),
        End(Stop<u8>),
    }
}

use workflows::{EventInfo, Graph, prelude::*};

fn step_names(graph: &Graph) -> Vec<&'static str> {
    graph.steps().iter().map(|step| step.name).collect()
}

fn event_names(graph: &Graph) -> Vec<String> {
    graph.events().iter().map(EventInfo::label).collect()
}

trait Llm: Send + Sync + 'static {
    fn answer(&self, prompt: &str) -> String;
}

struct Loud;

impl Llm for Loud {
    fn answer(&self, prompt: &str) -> String {
        prompt.to_uppercase()
    }
}

struct Writer<L> {
    llm: L,
}

#[workflow]
impl<L: Llm> Writer<L> {
    #[step]
    async fn write(&self, Start(topic): Start<String>) -> elsewhere::Draft {
        elsewhere::Draft(self.llm.answer(&topic))
    }

    #[step]
    async fn publish(&self, draft: elsewhere::Draft) -> Stop<String> {
        Stop(draft.0)
    }
}

#[tokio::test]
async fn a_workflow_has_type_parameters() {
    assert_eq!(
        Writer { llm: Loud }.run("rust".to_owned()).await.unwrap(),
        "RUST"
    );
}

#[tokio::test]
async fn a_workflow_and_its_events_stand_inside_a_function() {
    #[event]
    struct Half(u32);
    struct Local;

    #[workflow(name = "in a function", version = 3)]
    impl Local {
        #[step]
        async fn halve(&self, event: OneOf![Start<u32> | Half]) -> OneOf![Half | Stop<u32>] {
            let (HalveInput::Start(Start(n)) | HalveInput::Half(Half(n))) = event;
            if n % 2 == 0 {
                Half(n / 2).into()
            } else {
                Stop(n).into()
            }
        }
    }

    assert_eq!(Local.run(48).await.unwrap(), 3);
    assert_eq!(
        (Local::GRAPH.name(), Local::GRAPH.version()),
        ("in a function", 3)
    );
}

#[tokio::test]
async fn events_of_one_name_in_two_functions_are_two_events() {
    #[event]
    struct Half(String);
    struct Local;

    #[workflow]
    impl Local {
        #[step]
        async fn first(&self, Start(text): Start<String>) -> Half {
            Half(text)
        }

        #[step]
        async fn second(&self, Half(text): Half) -> Stop<String> {
            Stop(text)
        }
    }

    assert_eq!(Local.run("a".to_owned()).await.unwrap(), "a");
}

struct Sharing;

/// Several steps give one union.
#[workflow(output = u8)]
impl Sharing {
    #[step]
    async fn write(&self, Start(text): Start<String>) -> elsewhere::Outcome {
        elsewhere::Outcome::Again(elsewhere::Draft(text))
    }

    #[step]
    async fn review(&self, elsewhere::Draft(text): elsewhere::Draft) -> elsewhere::Outcome {
        if text.len() < 5 {
            return elsewhere::Draft(text + "!").into();
        }
        elsewhere::Review { text, score: 3 }.into()
    }

    #[step]
    async fn judge(
        &self,
        elsewhere::Review { text, score, .. }: elsewhere::Review,
    ) -> Result<elsewhere::Outcome> {
        Ok(Stop(score + u8::try_from(text.len())?).into())
    }
}

#[tokio::test]
async fn several_steps_share_a_union() {
    assert_eq!(Sharing.run("a".to_owned()).await.unwrap(), 8);
    assert_eq!(
        event_names(&Sharing::GRAPH),
        ["Start<String>", "Draft", "Review", "Stop<u8>"]
    );
}

mod block {
    //! The block form, where the prelude's attribute of the same name is not imported.

    use workflows::{Start, Stop, Workflow, event, step};

    #[event]
    struct A(u32);
    #[event]
    struct B(u32);
    #[event]
    struct C(u32);

    struct Bars;

    workflows::block::workflow! {
        #![workflow(version = 2)]

        /// Written with bars.
        impl Bars {
            #[step]
            async fn open(&self, Start(n): Start<u32>) -> A | B {
                if n > 10 { A(n).into() } else { B(n).into() }
            }

            #[step]
            async fn work(&self, ev: A | B) -> workflows::Result<C | Stop<u32>> {
                Ok(match ev {
                    WorkInput::A(A(n)) => Stop(n | 1).into(),
                    WorkInput::B(B(n)) => C(n).into(),
                })
            }

            #[step]
            async fn again(&self, C(n): C) -> Option<A | B> {
                (n > 0).then(|| A(n * 10).into())
            }
        }
    }

    #[tokio::test]
    async fn unions_are_written_with_bars_in_the_block_form() {
        assert_eq!(Bars.run(20).await.unwrap(), 21);
        assert_eq!(Bars.run(3).await.unwrap(), 31);
        assert!(Bars.run(0).await.is_err());
        assert_eq!(
            (Bars::GRAPH.version(), Bars::GRAPH.doc()),
            (2, "Written with bars.")
        );
    }
}

#[event]
struct Ping(u32);

type Alias = Ping;
type Given = Result<Option<Alias>, String>;
type Shared = Counts;
type Begin = Start<u32>;
type End = Stop<u32>;

#[state]
struct Counts {
    pings: u32,
}

struct Aliased;

#[workflow(input = u32, output = u32)]
impl Aliased {
    #[step]
    async fn begin(&self, ctx: Context<Counts>, begin: Begin) -> Given {
        ctx.store()
            .edit_state(|state| state.pings += 1)
            .await
            .map_err(|error| error.to_string())?;
        Ok(Some(Ping(begin.0)))
    }

    #[step]
    async fn end(&self, ctx: Context<Shared>, Ping(n): Alias) -> Result<End> {
        Ok(Stop(n + ctx.store().get_state().await?.pings))
    }
}

#[tokio::test]
async fn events_results_and_states_go_by_their_aliases() {
    assert_eq!(Aliased.run(5).await.unwrap(), 6);
}

#[data]
struct Point {
    x: u32,
    y: u32,
}

#[event]
struct Moved {
    from: Point,
    by: (u32, u32),
}

struct Patterns;

/// Takes its events
/// apart.
#[workflow]
impl Patterns {
    /// Moves on.
    ///
    /// By 1 and 2.
    #[step]
    async fn open(&self, Start(Point { x, y: _ }): Start<Point>) -> Moved {
        let (from, by) = (Point { x, y: 0 }, (1, 2));
        Moved { from, by }
    }

    #[step]
    async fn sum(
        &self,
        Moved {
            from: Point { mut x, y },
            by: (right, ..),
        }: Moved,
    ) -> Stop<u32> {
        x += right;
        Stop(x + y)
    }

    /// An ordinary method.
    fn twice(n: u32) -> u32 {
        2 * n
    }
}

#[tokio::test]
async fn parameters_are_patterns_and_docs_survive() {
    let start = Point {
        x: Patterns::twice(3),
        y: 9,
    };
    assert_eq!(Patterns.run(start).await.unwrap(), 7);
    let graph = Patterns::GRAPH;
    assert_eq!(graph.doc(), "Takes its events\napart.");
    let docs: Vec<_> = graph.steps().iter().map(|step| step.doc).collect();
    assert_eq!(docs, ["Moves on.\n\nBy 1 and 2.", ""]);
}

struct Configured;

#[workflow]
impl Configured {
    #[cfg(any())]
    #[step]
    async fn never(&self, Start(n): Start<u32>) -> NoSuchType {
        n
    }

    #[step]
    async fn open(&self, Start(n): Start<u32>) -> Ping {
        Ping(n)
    }

    #[cfg(not(test))]
    #[step]
    async fn done(&self, Ping(n): Ping) -> Stop<u32> {
        Stop(n)
    }

    #[cfg(test)]
    #[step]
    async fn done(&self, Ping(n): Ping) -> Stop<u32> {
        Stop(n + 1)
    }
}

#[tokio::test]
async fn steps_come_and_go_with_their_cfg() {
    assert_eq!(Configured.run(1).await.unwrap(), 2);
    assert_eq!(step_names(&Configured::GRAPH), ["open", "done"]);
}

mod wire {
    //! Events that share a Rust name but not a workflow's wire name.

    use workflows::prelude::*;

    #[event(name = "other.Ping")]
    pub(crate) struct Ping(pub(crate) u32);
}

struct Namesakes;

#[workflow]
impl Namesakes {
    #[step]
    async fn open(&self, Start(n): Start<u32>) -> Ping {
        Ping(n)
    }

    #[step]
    async fn other(&self, Ping(n): Ping) -> wire::Ping {
        wire::Ping(n + 1)
    }

    #[step]
    async fn done(&self, wire::Ping(n): wire::Ping) -> Stop<u32> {
        Stop(n + 1)
    }
}

#[tokio::test]
async fn two_events_of_one_name_live_under_two_wire_names() {
    assert_eq!(Namesakes.run(1).await.unwrap(), 3);
    assert_eq!(
        event_names(&Namesakes::GRAPH),
        ["Start<u32>", "Ping", "other.Ping", "Stop<u32>"]
    );
}

/// A workflow whose event depends on its parameter.
struct Echo<T>(std::marker::PhantomData<fn() -> T>);

#[workflow]
impl<T: workflows::Value> Echo<T> {
    #[step]
    async fn echo(&self, Start(value): Start<T>) -> Stop<Vec<T>> {
        Stop(vec![value.clone(), value])
    }
}

#[tokio::test]
async fn the_input_and_the_output_depend_on_a_type_parameter() {
    assert_eq!(
        Echo(std::marker::PhantomData).run(3_u8).await.unwrap(),
        [3, 3]
    );
    assert_eq!(
        event_names(&Echo::<String>::GRAPH),
        ["Start<String>", "Stop<Vec<String>>"]
    );
}

const WORKERS: u32 = 3;

struct Pool;

#[workflow]
impl Pool {
    const DOUBLE: u32 = 2 * WORKERS;

    #[step(num_workers = WORKERS)]
    async fn once(&self, Start(n): Start<u32>) -> Stop<u32> {
        Stop(n)
    }

    #[step(num_workers = Self::DOUBLE)]
    async fn twice(&self, Start(n): Start<u32>) -> Stop<u32> {
        Stop(n)
    }
}

struct Staffed<const N: u32>;

#[workflow]
impl<const N: u32> Staffed<N> {
    #[step(num_workers = N)]
    async fn echo(&self, Start(n): Start<u32>) -> Stop<u32> {
        Stop(n)
    }
}

#[test]
fn the_number_of_workers_is_any_constant() {
    let workers = |graph: Graph| graph.steps().iter().map(|step| step.workers).sum::<u32>();
    assert_eq!(workers(Pool::GRAPH), 9);
    assert_eq!(workers(Staffed::<7>::GRAPH), 7);
}
