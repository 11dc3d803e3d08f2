use workflows::prelude::*;

#[event("draft")] struct Draft;

fn main() {}
