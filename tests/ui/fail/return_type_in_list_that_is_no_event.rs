use workflows::prelude::*;

struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Vec<Draft> { vec![] }
    #[step]
    async fn give_up(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
