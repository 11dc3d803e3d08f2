#![deny(warnings)]

use workflows::prelude::*;

#[event] struct Draft;
#[derive(Debug)]
struct Oops;
impl std::fmt::Display for Oops {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("oops") }
}
impl std::error::Error for Oops {}
struct Writer;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _input: Start<String>) -> std::result::Result<Draft, Oops> { Err(Oops) }
    #[step]
    async fn review(&self, _draft: Draft) -> std::result::Result<Option<Stop<u32>>, &'static str> { Err("no") }
    #[step]
    async fn print(&self, _draft: Draft) -> Result<(), String> { Err("no".to_owned()) }
    #[step(blocking)]
    fn sell(&self, _draft: Draft) -> Result<(Option<Stop<u32>>, Result<Draft, Oops>)> { Err(Oops)? }
    #[step(spawn)]
    async fn burn(&self, _draft: Draft) -> Option<Result<Stop<u32>, Box<dyn std::error::Error + Send + Sync>>> { None }
}

fn main() {
    drop(Writer.run(String::new()));
}
