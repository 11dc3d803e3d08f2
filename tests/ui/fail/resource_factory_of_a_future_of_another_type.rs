use std::sync::Arc;

use workflows::prelude::*;

struct Db;

async fn make_text() -> Result<String> {
    Ok(String::new())
}

struct Flow;

#[workflow]
impl Flow {
    #[step]
    async fn work(&self, _: Start<u32>, #[resource(make_text)] it: Arc<Db>) -> Stop<u32> {
        let _ = it;
        Stop(1)
    }
}

fn main() {}
