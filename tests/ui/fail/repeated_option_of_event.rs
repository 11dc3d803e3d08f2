use workflows::prelude::*;

#[event(name = "draft", name = "text")] struct Draft;

fn main() {}
