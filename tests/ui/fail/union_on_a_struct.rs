use workflows::prelude::*;

#[derive(EventUnion)] struct Outcome(Stop<u32>);

fn main() {}
