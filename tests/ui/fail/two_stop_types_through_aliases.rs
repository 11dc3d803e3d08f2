use workflows::prelude::*;

#[event] struct Draft;
type Printed = Stop<u32>;
type Sold = Stop<String>;
struct Writer;

#[workflow(output = u32)]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> OneOf![Draft | Printed] { Draft.into() }
    #[step]
    async fn sell(&self, _draft: Draft) -> Sold { Stop(String::new()) }
}

fn main() {}
