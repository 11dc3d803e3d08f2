use workflows::prelude::*;

struct Book;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Result<Stop<Book>> { Ok(Stop(Book)) }
}

fn main() {}
