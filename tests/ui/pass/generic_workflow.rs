#![deny(warnings)]

use workflows::{Event, Value, prelude::*};

#[event] struct Draft;
struct Writer<E, T, const N: usize>(E, T);

#[workflow]
impl<E, T, const N: usize> Writer<E, T, N>
where
    E: Event,
    T: Value,
{
    #[step]
    async fn write(&self, out: Emitter<Draft>, _input: Start<Vec<T>>) -> OneOf![E | Stop<T>] {
        out.send(Draft);
        WriteOutput::E(self.0.clone())
    }
    #[step]
    async fn review(&self, _event: E) -> Result<Stop<T>> { Ok(Stop(self.1.clone())) }
    #[step]
    async fn observe(&self, _draft: Draft) {}
}

#[event] struct Page;

struct Reader<C>(C);

#[workflow]
impl<C: Send + Sync + 'static> Reader<C> {
    #[step]
    async fn read(&self, _input: Start<u32>) -> OneOf![Page | Stop<u32>] { Page.into() }
    #[step]
    async fn turn(&self, _page: Page) -> Stop<u32> { let _ = &self.0; Stop(1) }
}

fn main() {
    drop(Writer::<_, _, 3>(Page, 1_u8).run(vec![2]));
    drop(Reader("client").run(1));
}
