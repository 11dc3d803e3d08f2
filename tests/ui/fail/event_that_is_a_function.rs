use workflows::prelude::*;

#[event] fn draft() {}

fn main() {}
