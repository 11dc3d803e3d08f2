use std::rc::Rc;

use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> {
        let count = Rc::new(1);
        std::future::ready(()).await;
        Stop(*count)
    }
}

fn main() {}
