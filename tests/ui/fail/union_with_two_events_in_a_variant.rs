use workflows::prelude::*;

#[event] struct Draft;
#[derive(EventUnion)] enum Outcome { Both(Draft, Stop<u32>) }

fn main() {}
