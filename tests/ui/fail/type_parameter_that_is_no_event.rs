use workflows::prelude::*;

struct Writer<E>(E);

#[workflow]
impl<E: Clone + Send + Sync + 'static> Writer<E> {
    #[step]
    async fn write(&self, _input: Start<String>) -> OneOf![E | Stop<u32>] { Stop(1).into() }
    #[step]
    async fn review(&self, _event: E) -> Stop<u32> { Stop(1) }
}

fn main() {}
