use workflows::prelude::*;

#[event] union Draft { text: u32, number: f32 }

fn main() {}
