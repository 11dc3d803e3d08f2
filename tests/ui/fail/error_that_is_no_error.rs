use workflows::prelude::*;

struct Oops;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Result<Stop<u32>, Oops> { Ok(Stop(1)) }
}

fn main() {}
