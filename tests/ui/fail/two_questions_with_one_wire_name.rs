use workflows::prelude::*;

#[event(input_required)] struct Question;
#[event(input_required, name = "Question")] struct Other;
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> OneOf![Question | Other | Stop<u32>] { Other.into() }
}

fn main() {}
