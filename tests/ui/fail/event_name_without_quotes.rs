use workflows::prelude::*;

#[event(name = draft)] struct Draft;

fn main() {}
