use workflows::prelude::*;

#[event] struct Draft;
#[derive(EventUnion)]
#[workflow(name = "outcome")]
enum Outcome { Draft(Draft) }

fn main() {}
