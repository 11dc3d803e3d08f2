use workflows::prelude::*;

#[state] enum Phase { Writing, Reviewing }

fn main() {}
