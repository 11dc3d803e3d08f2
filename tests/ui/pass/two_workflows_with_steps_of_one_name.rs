#![deny(warnings)]

use workflows::prelude::*;

#[event] struct Draft;
struct Writer;
struct Editor;

#[workflow]
impl Writer {
    #[step]
    async fn write(&self, _event: OneOf![Start<String> | Draft]) -> OneOf![Draft | Stop<u32>] {
        WriteOutput::Draft(Draft)
    }
}

#[workflow]
impl Editor {
    #[step]
    async fn write(&self, _event: OneOf![Start<u32> | Draft]) -> OneOf![Draft | Stop<String>] {
        WriteOutput::Stop(Stop(String::new()))
    }
}

fn main() {
    drop(Writer.run(String::new()));
    drop(Editor.run(1));
}
