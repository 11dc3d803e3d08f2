//! Steps that take several events.

use workflows::prelude::*;

#[event]
struct A(u32);
#[event]
struct B(u32);
#[event]
struct C(u32);
#[event]
struct D(u32);
#[event]
struct E(u32);
#[event]
struct F(u32);
#[event]
struct G(u32);
#[event]
struct H(u32);

macro_rules! joins {
    ($($name:ident: $count:literal = $($event:ident)+;)+) => {$(
        #[tokio::test]
        async fn $name() {
            struct Joining;

            #[workflow]
            impl Joining {
                #[step]
                async fn open(&self, Start(n): Start<u32>) -> ($($event,)+) {
                    ($($event(n),)+)
                }

                #[step]
                async fn join(&self, $(_: $event),+) -> Stop<usize> {
                    Stop([$(stringify!($event)),+].len())
                }
            }

            assert_eq!(Joining.run(1).await.unwrap(), $count);
        }
    )+};
}

joins! {
    two_events_are_joined: 2 = A B;
    three_events_are_joined: 3 = A B C;
    four_events_are_joined: 4 = A B C D;
    five_events_are_joined: 5 = A B C D E;
    six_events_are_joined: 6 = A B C D E F;
    seven_events_are_joined: 7 = A B C D E F G;
    eight_events_are_joined: 8 = A B C D E F G H;
}

struct Eight;

#[workflow]
impl Eight {
    #[step]
    async fn open(&self, Start(n): Start<u32>) -> (H, G, F, E, D, C, B, A) {
        (
            H(n + 7),
            G(n + 6),
            F(n + 5),
            E(n + 4),
            D(n + 3),
            C(n + 2),
            B(n + 1),
            A(n),
        )
    }

    #[step]
    async fn join(
        &self,
        A(a): A,
        B(b): B,
        C(c): C,
        D(d): D,
        ctx: Context,
        E(e): E,
        F(f): F,
        G(g): G,
        H(h): H,
    ) -> Stop<(String, Vec<u32>)> {
        Stop((ctx.step_name().to_owned(), vec![a, b, c, d, e, f, g, h]))
    }
}

#[tokio::test]
async fn each_parameter_gets_its_own_event() {
    let (step, all) = Eight.run(10).await.unwrap();
    assert_eq!((step.as_str(), all), ("join", (10..18).collect()));
}

struct Twice;

#[workflow]
impl Twice {
    #[step]
    async fn open(&self, _: Start<()>) -> (A, B, A, A) {
        (A(1), B(2), A(3), A(4))
    }

    #[step]
    async fn join(&self, A(first): A, A(second): A, B(b): B) -> Stop<Vec<u32>> {
        Stop(vec![first, second, b])
    }
}

#[tokio::test]
async fn one_type_twice_is_two_events_in_the_order_of_their_arrival() {
    assert_eq!(Twice.run(()).await.unwrap(), [1, 3, 2]);
}

#[event]
struct Element(u32);
#[event]
struct Slow(u32);
#[event]
struct Fast(u32);
#[event]
struct Pair(u32, u32);

/// Half of each element takes its time, the longer the earlier it stands in the list.
struct InFanOut;

#[workflow]
impl InFanOut {
    #[step]
    async fn open(&self, Start(n): Start<u32>) -> Vec<Element> {
        (0..n).map(Element).collect()
    }

    #[step(num_workers = 100)]
    async fn slow(&self, Element(n): Element) -> Slow {
        tokio::time::sleep(std::time::Duration::from_secs(u64::from(100 - n))).await;
        Slow(n)
    }

    #[step]
    async fn fast(&self, Element(n): Element) -> Fast {
        Fast(n)
    }

    #[step]
    async fn pair(&self, Slow(slow): Slow, Fast(fast): Fast) -> Pair {
        Pair(slow, fast)
    }

    #[step]
    async fn collect(&self, pairs: Vec<Pair>) -> Stop<Vec<(u32, u32)>> {
        Stop(pairs.into_iter().map(|Pair(a, b)| (a, b)).collect())
    }
}

#[tokio::test(start_paused = true)]
async fn a_join_inside_a_fan_out_pairs_the_events_of_the_same_element() {
    let pairs: Vec<_> = (0..50).map(|n| (n, n)).collect();
    assert_eq!(InFanOut.run(50).await.unwrap(), pairs);
}
