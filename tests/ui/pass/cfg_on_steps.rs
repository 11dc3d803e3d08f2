#![deny(warnings)]

use workflows::prelude::*;

#[event] struct Draft;
struct Writer;

#[workflow]
impl Writer {
    #[cfg(any())]
    #[step]
    async fn write(&self, _input: Start<Missing>) -> OneOf![Draft | Absent] { Draft.into() }
    #[cfg(not(any()))]
    #[step]
    async fn write(&self, _input: Start<String>) -> OneOf![Draft | Stop<u32>] { Draft.into() }
    #[step]
    async fn count(&self, _input: Start<String>) {}
    #[step]
    #[cfg(all())]
    async fn review(&self, _draft: Draft) -> Stop<u32> { Stop(1) }
    #[cfg(any())]
    #[step(spawn)]
    async fn gone(&self, _draft: Draft) -> Gone { Gone }
}

fn main() {
    drop(Writer.run(String::new()));
}
