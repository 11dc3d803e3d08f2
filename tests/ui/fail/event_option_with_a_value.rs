use workflows::prelude::*;

#[event(input_required = true)] struct Draft;

fn main() {}
