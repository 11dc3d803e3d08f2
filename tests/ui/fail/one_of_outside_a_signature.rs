use workflows::prelude::*;

#[event] struct Draft;
type Outcome = OneOf![Draft | Stop<u32>];

fn main() {}
