use workflows::prelude::*;

#[event] struct Draft;
struct Writer<E>(E);

#[workflow]
impl<E: workflows::Event> Writer<E> {
    #[step]
    async fn write(&self, _input: Start<String>) -> OneOf![E | Stop<u32>] { Stop(1).into() }
    #[step]
    async fn review(&self, _event: E) -> Stop<String> { Stop(String::new()) }
}

fn main() {
    drop(Writer(Draft).run(String::new()));
}
