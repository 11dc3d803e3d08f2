use workflows::prelude::*;

struct Draft;
type Written = Result<Draft>;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Written { Ok(Draft) }
    #[step]
    async fn give_up(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
}

fn main() {}
