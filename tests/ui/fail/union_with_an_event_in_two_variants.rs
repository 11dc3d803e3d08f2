use workflows::prelude::*;

#[event] struct Draft;
#[derive(EventUnion)] enum Outcome { First(Draft), Second(Draft) }

fn main() {}
