use workflows::prelude::*;

struct Writer;

fn main() {
    let _ = Runner::new(Writer);
}
