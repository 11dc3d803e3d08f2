use workflows::prelude::*;

struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> (Stop<u8>, (), (), (), (), (), (), (), ()) {
        (Stop(1), (), (), (), (), (), (), (), ())
    }
}

fn main() {}
