use std::sync::Arc;

use workflows::prelude::*;

fn make_db() -> u32 { 1 }

struct Flow;

#[workflow]
impl Flow {
    #[step]
    async fn work(&self, _: Start<u32>, #[resource(make_db, cache = "no")] it: Arc<u32>) -> Stop<u32> {
        Stop(*it)
    }
}

fn main() {}
