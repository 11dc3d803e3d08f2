use workflows::prelude::*;

#[step]
async fn write(_input: Start<String>) -> Stop<u32> { Stop(1) }

fn main() {}
