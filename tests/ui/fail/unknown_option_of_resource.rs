use std::sync::Arc;

use workflows::prelude::*;

struct Db;

fn make_db() -> Db {
    Db
}

struct Flow;

#[workflow]
impl Flow {
    #[step]
    async fn work(&self, _: Start<u32>, #[resource(make_db, cached = false)] it: Arc<Db>) -> Stop<u32> {
        let _ = it;
        Stop(1)
    }
}

fn main() {}
