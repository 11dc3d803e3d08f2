use workflows::prelude::*;

#[event] struct Draft;
#[event] struct Review;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> (Vec<Draft>, Review) { (vec![], Review) }
    #[step]
    async fn collect(&self, _all: Vec<OneOf![Draft | Review]>) -> Stop<u32> { Stop(1) }
}

fn main() {}
