use workflows::prelude::*;

#[event(rename = "draft")] struct Draft;

fn main() {}
