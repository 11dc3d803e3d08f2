use workflows::prelude::*;

#[event(input_required, human_response)] struct Draft;

fn main() {}
