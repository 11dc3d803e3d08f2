//! What a workflow begins with, ends with and shares.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Type;

use super::{Expansion, duration};
use crate::{
    signature::{Parameter, generic_names},
    tokens::{self, mentions},
};

impl Expansion<'_> {
    pub(super) fn associated_types(&self) -> TokenStream {
        let unit: Type = syn::parse_quote!(());
        let parameters = generic_names(&self.block.generics);
        // All of it at the type: where that is no payload, rustc complains at several tokens.
        let payload = |name: &str, ty: &Option<Type>| {
            let (name, ty) = (format_ident!("{name}"), ty.as_ref().unwrap_or(&unit));
            if mentions(ty.to_token_stream(), &parameters) {
                // Plainly, so that the type of a run tells the parameter.
                return quote!(type #name = #ty;);
            }
            let start = tokens::at(ty, quote!(type #name = __private::Payload<));
            let end = tokens::ends(ty.to_token_stream()).1;
            let end = quote_spanned!(end=> >;);
            quote!(#start #ty #end)
        };
        let (input, output) = (
            payload("Input", &self.workflow.input),
            payload("Output", &self.workflow.output),
        );
        let state = match &self.workflow.state {
            Some(Some(state)) => state.to_token_stream(),
            Some(None) | None => quote!(__private::DictState),
        };
        let timeout = duration(self.workflow.options.timeout);
        quote! {
            #input
            #output
            type State = #state;
            const TIMEOUT: ::core::option::Option<::core::time::Duration> = #timeout;
        }
    }

    /// All contexts hold the same state type.
    pub(super) fn states(&self) -> TokenStream {
        let states = self.workflow.steps.iter().flat_map(|step| {
            let cfgs = &step.cfgs;
            step.parameters
                .iter()
                .filter_map(move |parameter| match parameter {
                    Parameter::Context { ty, state } => Some((cfgs, ty, state)),
                    _ => None,
                })
        });
        let (impl_generics, _, where_clause) = self.block.generics.split_for_impl();
        let self_type = &self.block.self_ty;
        let checks = states.map(|(cfgs, context, state)| {
            let state = match state {
                Some(state) => state.to_token_stream(),
                None => tokens::at(context, quote!(__private::DictState)),
            };
            quote!(#(#cfgs)* __private::same_state::<#state, <#self_type as __private::Workflow>::State>();)
        });
        let checks: Vec<_> = checks.collect();
        if checks.len() < 2 {
            return TokenStream::new();
        }
        quote! {
            const _: () = {
                #[allow(dead_code, reason = "only type-checked")]
                fn same_state #impl_generics () #where_clause { #(#checks)* }
            };
        }
    }
}
