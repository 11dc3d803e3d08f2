use workflows::prelude::*;

#[event] struct Draft<T> { text: T }

fn main() {}
