use workflows::prelude::*;

#[event] struct Draft<'a> { text: &'a str }

fn main() {}
