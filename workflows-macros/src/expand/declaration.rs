//! The enum that `OneOf![…]` declares beside the block.

use proc_macro2::TokenStream;
use quote::quote;

use crate::{signature::DeclaredUnion, tokens, union};

pub(super) fn declaration(union: &DeclaredUnion, private: &tokens::Private) -> TokenStream {
    let DeclaredUnion {
        visibility,
        name,
        generics,
        variants,
        doc,
        cfgs,
        ..
    } = union;
    let arms = variants.iter().map(|variant| &variant.name);
    let events = variants.iter().map(|variant| &variant.event);
    let docs = variants
        .iter()
        .map(|variant| format!("The event `{}`.", variant.name));
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let impls = union::impls(name, generics, variants);
    let impls = private.around(&quote! {
            #[automatically_derived]
            impl #impl_generics ::core::clone::Clone for #name #type_generics #where_clause {
                fn clone(&self) -> Self {
                    __private::EventSet::duplicate(self)
                }
            }
            #[automatically_derived]
            impl #impl_generics ::core::fmt::Debug for #name #type_generics #where_clause {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    __private::EventSet::describe(self, f)
                }
            }
            #impls
    });
    quote! {
        #(#cfgs)*
        #[doc = #doc]
        #[allow(clippy::large_enum_variant, dead_code, reason = "an event has the size and the uses that it has")]
        #visibility enum #name #generics #where_clause {
            #(#[doc = #docs] #arms(#events),)*
        }
        #(#cfgs)*
        #impls
    }
}
