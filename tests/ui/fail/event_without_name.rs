use workflows::prelude::*;

#[event(name = "")] struct Draft;

fn main() {}
