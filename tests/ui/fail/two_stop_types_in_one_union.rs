use workflows::prelude::*;

type Sold = Stop<String>;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> OneOf![Stop<u32> | Sold] { Stop(1).into() }
}

fn main() {}
