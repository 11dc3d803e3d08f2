use workflows::prelude::*;

#[event] struct Draft;
#[event] struct Review;
#[event] struct Print;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> OneOf![Draft | Stop<u32>] { Draft.into() }
    #[step]
    async fn publish(&self, _review: Review) -> Stop<u32> { Stop(1) }
    #[step]
    async fn print(&self, _print: Print) -> (Print, Stop<u32>) { (Print, Stop(1)) }
    #[step]
    async fn archive(&self, _input: Start<String>) -> Stop<String> { Stop(String::new()) }
}

fn main() {}
