use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Result<Option<Stop<u32>>> { Ok(None) }
    #[step]
    async fn count(&self, _input: Start<String>) -> Result<Option<Stop<String>>> { Ok(None) }
}

fn main() {}
