use workflows::prelude::*;

#[derive(Clone, Debug)]
struct Opaque;
#[event] struct Draft { opaque: Opaque }

fn main() {}
