use workflows::prelude::*;

#[event] struct Draft;
struct Writer;

#[workflow(retries = 3)]
impl Writer {
    #[step(num_workers = 0)]
    async fn write(&self, _input: Start<String>) -> Draft { Draft }
    #[step]
    fn review(&self, _draft: Draft) -> Stop<u32> { Stop(1) }
    #[step]
    async fn tidy(&self, _ctx: Context) {}
}

fn main() {
    drop(Writer.run(String::new()));
}
