use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step(retry = Retry::immediately().max_attempts(self.0))]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
