use workflows::prelude::*;

struct Draft;
#[derive(EventUnion)]
enum Outcome { Draft(Draft), Stop(Stop<u32>) }

fn main() {}
