use workflows::prelude::*;

#[state(default)] struct Rounds;

fn main() {}
