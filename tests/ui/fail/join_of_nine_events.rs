use workflows::prelude::*;

#[event] struct Text;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> Text { Text }
    #[step]
    async fn bind(&self, _1: Text, _2: Text, _3: Text, _4: Text, _5: Text, _6: Text, _7: Text, _8: Text, _9: Text) -> Stop<u32> {
        Stop(1)
    }
}

fn main() {}
