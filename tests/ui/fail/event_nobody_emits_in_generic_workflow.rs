use workflows::prelude::*;

#[event] struct Draft;
struct Writer<E>(E);

#[workflow]
impl<E: workflows::Event> Writer<E> {
    #[step]
    async fn write(&self, _input: Start<String>) -> Stop<u32> { Stop(1) }
    #[step]
    async fn review(&self, _event: E) -> Stop<u32> { Stop(1) }
}

fn main() {
    drop(Writer(Draft).run(String::new()));
}
