#![deny(warnings)]

use workflows::prelude::*;

#[event] struct r#Draft { r#type: String }
#[event] #[allow(non_camel_case_types)] struct r#type { r#ref: u8 }
#[derive(EventUnion)]
enum r#Choice { Draft(Draft), r#Type(r#type) }
struct r#Writer;

#[workflow]
impl r#Writer {
    #[step]
    async fn r#type(&self, Start(r#in): Start<String>) -> Vec<Choice> { vec![Draft { r#type: r#in }.into()] }
    #[step]
    async fn r#match(&self, Draft { r#type }: Draft) -> OneOf![r#Draft | Stop<String>] { Stop(r#type).into() }
    #[step]
    async fn r#loop(&self, r#type { r#ref }: r#type) -> Option<Stop<String>> { Some(Stop(r#ref.to_string())) }
}

fn main() {
    drop(Writer.run(String::new()));
}
