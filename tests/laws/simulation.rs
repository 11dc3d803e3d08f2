//! Large graphs that make sense, with random finish orders and a result that is known beforehand.
//!
//! A graph is a tree of [`Block`]s. Its result is computed twice: by recursion over the tree ([`Block::eval`]), and by
//! the broker, whose running invocations finish in a random order.

pub(crate) mod block;
pub(crate) mod rng;
mod world;

use self::{
    block::{Builder, Graph},
    rng::{Rng, for_each_seed},
    world::World,
};
use crate::{model::End, trial::deliveries};

/// How many graphs are tried.
const GRAPHS: u64 = 1_000;

/// A graph that begins with `start`, and its result.
fn graph(rng: &mut Rng, start: u64) -> (Graph, u64) {
    loop {
        let graph = Builder::graph(rng);
        if let Some(expected) = graph.expected(start, 9..200) {
            return (graph, expected);
        }
    }
}

fn simulate(seed: u64) {
    let mut rng = Rng::new(seed);
    let (graph, expected) = graph(&mut rng, seed);
    let mut world = World::begin(&graph, seed);
    while !world.trial.is_ended() {
        let running = world.trial.running();
        let (invocation, work) = running[rng.below(running.len())].clone();
        world.finish(&graph, invocation, work);
        assert!(
            world.trial.ticks() < 100_000,
            "the run does not come to an end"
        );
    }
    world.trial.check_replay();
    let Some(End::Stopped(id)) = world.trial.model.end else {
        panic!("the run ended with {:?}", world.trial.model.end);
    };
    if graph.is_exact {
        assert_eq!(world.value(id), expected);
    }
    let twice = deliveries(&world.finished)
        .into_iter()
        .find(|(_, times)| *times > 1);
    assert_eq!(twice, None, "a step got one event twice");
}

#[test]
fn random_graphs_give_the_result_that_their_blocks_mean_in_every_order_of_finishing() {
    for_each_seed(GRAPHS, "simulation", simulate);
}
