use workflows::prelude::*;

#[event(input_required)] struct Progress;
#[event(input_required)] struct Draft;
#[event(input_required)] struct Review;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, out: Emitter<OneOf![Progress | Draft]>, _input: Start<String>) -> Stop<u32> {
        out.send(Review);
        Stop(1)
    }
}

fn main() {}
