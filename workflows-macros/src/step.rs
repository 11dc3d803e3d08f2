//! `#[step]` by itself: `#[workflow]` marks the steps that it has read, any other stands in the wrong place.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;

/// The option by which `#[workflow]` marks a step that it has read.
pub(crate) const READ: &str = "__read";

pub(crate) fn attribute(options: TokenStream, item: TokenStream) -> TokenStream {
    marked("step", options, item)
}

/// What an attribute of a method gives that only `#[workflow]` understands.
pub(crate) fn marked(name: &str, options: TokenStream, item: TokenStream) -> TokenStream {
    match options.into_iter().next() {
        Some(TokenTree::Ident(ident)) if ident == READ => item,
        _ => {
            let message = format!(
                "`#[{name}]` belongs on a method of an impl block that is marked `#[workflow]`"
            );
            let error = syn::Error::new(Span::call_site(), message).to_compile_error();
            quote!(#item #error)
        }
    }
}
