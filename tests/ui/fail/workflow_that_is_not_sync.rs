use std::cell::Cell;

use workflows::prelude::*;

struct Writer { count: Cell<u32> }

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(self.count.get()) }
}

fn main() {}
