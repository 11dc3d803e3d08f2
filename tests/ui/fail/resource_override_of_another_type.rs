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
    async fn work(&self, _: Start<u32>, #[resource(make_db)] _: Arc<Db>) -> Stop<u32> {
        Stop(1)
    }
}

fn main() {
    let _ = Runner::builder(Flow).resource(make_db, "a database".to_owned());
}
