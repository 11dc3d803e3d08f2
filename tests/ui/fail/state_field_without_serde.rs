use workflows::prelude::*;

#[derive(Clone, Debug, Default)]
struct Opaque;
#[state] struct Rounds { opaque: Opaque }

fn main() {}
