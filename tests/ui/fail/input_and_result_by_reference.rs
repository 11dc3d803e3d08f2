use workflows::prelude::*;

struct Greeter;

#[workflow]
impl Greeter {
    #[step]
    async fn greet(&self, _names: Start<Vec<&str>>) -> Stop<&'static str> { Stop("") }
}

fn main() {}
