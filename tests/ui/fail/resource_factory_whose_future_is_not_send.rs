use std::sync::Arc;

use workflows::prelude::*;

struct Db;

async fn make_db() -> Db {
    let local = std::rc::Rc::new(1);
    std::future::ready(()).await;
    drop(local);
    Db
}

struct Flow;

#[workflow]
impl Flow {
    #[step]
    async fn work(&self, _: Start<u32>, #[resource(make_db)] it: Arc<Db>) -> Stop<u32> {
        let _ = it;
        Stop(1)
    }
}

fn main() {}
