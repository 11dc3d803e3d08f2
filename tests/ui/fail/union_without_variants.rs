use workflows::prelude::*;

#[derive(EventUnion)] enum Outcome {}

fn main() {}
