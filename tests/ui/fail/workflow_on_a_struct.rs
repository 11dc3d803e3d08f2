use workflows::prelude::*;

#[workflow]
struct Writer;

fn main() {}
