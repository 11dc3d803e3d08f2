use workflows::prelude::*;

#[event] struct Draft;
#[derive(EventUnion)] enum Outcome { Draft(Draft), Nothing }

fn main() {}
