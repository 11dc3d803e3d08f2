#![deny(warnings)]

use workflows::prelude::*;

macro_rules! writer {
    ($name:ident, $draft:ident, $input:ty, $output:ty, $state:ty, $($step:tt)*) => {
        #[event] struct $draft;
        struct $name;

        #[workflow]
        impl $name {
            #[step]
            async fn write(&self, _ctx: Context<$state>, _input: Start<$input>) -> Result<OneOf![$draft | Stop<$output>]> {
                Ok($draft.into())
            }
            #[step]
            $($step)*
        }
    };
}

#[state] struct Rounds;
writer!(Writer, Draft, String, Vec<u32>, Rounds, async fn review(&self, _draft: Draft) -> Stop<Vec<u32>> { Stop(vec![]) });
writer!(Editor, Proof, (u8, String), u32, DictState, async fn review(&self, _draft: Proof) {});

fn main() {
    drop(Writer.run(String::new()));
    drop(Editor.run((1, String::new())));
}
