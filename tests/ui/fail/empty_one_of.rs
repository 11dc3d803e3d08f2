use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> (OneOf![], Stop<u32>) { unreachable!() }
}

fn main() {}
