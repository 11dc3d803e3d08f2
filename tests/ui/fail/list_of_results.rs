use workflows::prelude::*;

#[event] struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Vec<Result<Draft>> { vec![Ok(Draft)] }
    #[step]
    async fn publish(&self, _drafts: Vec<Result<Draft>>) -> Stop<u32> { Stop(1) }
}

fn main() {}
