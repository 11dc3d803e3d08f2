//! `#[workflow]`: parse, read, expand.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemImpl;

use crate::{data::unchanged, errors::Errors, expand, options::WorkflowOptions, read};

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut block: ItemImpl = match syn::parse2(item.clone()) {
        Ok(block) => block,
        Err(error) => {
            let is_impl = item
                .clone()
                .into_iter()
                .any(|token| token.to_string() == "impl");
            let message = "`#[workflow]` belongs on an impl block: `#[workflow] impl Writer { … }`";
            let error = if is_impl {
                error
            } else {
                syn::Error::new_spanned(&item, message)
            };
            return unchanged(&item, &error);
        }
    };
    let mut errors = Errors::default();
    let options = WorkflowOptions::parse(options, &mut errors);
    let workflow = read::read(&mut block, options, &mut errors);
    if !errors.is_empty() {
        let block = expand::block_alone(&block, &workflow);
        let errors = errors.into_compile_errors();
        return quote!(#block #errors);
    }
    expand::workflow(&block, &workflow)
}
