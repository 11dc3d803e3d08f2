use workflows::prelude::*;

#[data] enum Mode { Fast, Slow }
#[state] struct Rounds { mode: Mode }

fn main() {}
