use workflows::prelude::*;

#[event(input_required)] struct Text;
#[event(input_required)] struct Picture;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> (OneOf![Text | Picture], OneOf![Text | Stop<u32>]) {
        (Text.into(), Stop(1).into())
    }
}

fn main() {}
