use workflows::prelude::*;

#[data(name = "book")] struct Book;

fn main() {}
