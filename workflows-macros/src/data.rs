//! `#[event]`, `#[data]` and `#[state]`: the derives that are missing, and the trait.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, LitStr, Path, parse_quote, punctuated::Punctuated, token::Comma};

use crate::{
    errors::Errors,
    options::{DataOptions, EventKind},
    tokens::{self, Private, plain_name},
    union,
};

/// What every event and everything inside one derives.
const DATA: [&str; 5] = ["Clone", "Debug", "Serialize", "Deserialize", "JsonSchema"];
const STATE: [&str; 5] = ["Default", "Clone", "Debug", "Serialize", "Deserialize"];

pub(crate) fn event(options: TokenStream, item: TokenStream) -> TokenStream {
    expand(item, |input, errors| {
        let options = DataOptions::parse_event(options, errors);
        check_event(input, errors);
        let private = Private::of(options.root.as_ref());
        Additions {
            derives: derives(input, &private, &DATA),
            items: event_impl(input, &options, &private),
        }
    })
}

pub(crate) fn data(options: TokenStream, item: TokenStream) -> TokenStream {
    expand(item, |input, errors| {
        let options = DataOptions::parse_crate(options, "`#[data]`", errors);
        let private = Private::of(options.root.as_ref());
        Additions {
            derives: derives(input, &private, &DATA),
            items: TokenStream::new(),
        }
    })
}

pub(crate) fn state(options: TokenStream, item: TokenStream) -> TokenStream {
    expand(item, |input, errors| {
        let options = DataOptions::parse_crate(options, "`#[state]`", errors);
        let private = Private::of(options.root.as_ref());
        let (name, generics) = (&input.ident, &input.generics);
        let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
        let items = quote! {
            #[automatically_derived]
            impl #impl_generics #private::StateModel for #name #type_generics #where_clause {}
        };
        Additions {
            derives: derives(input, &private, &STATE),
            items,
        }
    })
}

/// What an attribute adds to its item.
struct Additions {
    /// Attributes above the item.
    derives: TokenStream,
    /// Items beside it.
    items: TokenStream,
}

/// Adds to the item what `add` says; the item's own tokens stay as they are.
fn expand(
    item: TokenStream,
    add: impl FnOnce(&DeriveInput, &mut Errors) -> Additions,
) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item.clone()) {
        Ok(input) => input,
        Err(error) => {
            let message = "this attribute belongs on a struct or an enum";
            return unchanged(&item, &syn::Error::new(error.span(), message));
        }
    };
    if matches!(input.data, Data::Union(_)) {
        let message = "a union cannot be serialized: use a struct or an enum";
        return unchanged(&item, &syn::Error::new_spanned(&input.ident, message));
    }
    let mut errors = Errors::default();
    let Additions { derives, items } = add(&input, &mut errors);
    let errors = errors.into_compile_errors();
    quote!(#derives #item #items #errors)
}

fn check_event(input: &DeriveInput, errors: &mut Errors) {
    if input.generics.lifetimes().next().is_some() {
        let message = "an event borrows nothing, since it outlives the step that emits it: hold owned data, as `String` for `&str`";
        errors.at(&input.generics, message);
    } else if !input.generics.params.is_empty() {
        let message = "an event has no type parameters, since its name on the wire stands for one type: write one event for each type, or an enum of what it can hold";
        errors.at(&input.generics, message);
    }
    if matches!(plain_name(&input.ident).as_str(), "Start" | "Stop") {
        errors.at(
            &input.ident,
            "`Start` and `Stop` are the events that every workflow begins and ends with",
        );
    }
}

fn event_impl(input: &DeriveInput, options: &DataOptions, private: &Private) -> TokenStream {
    let ident = &input.ident;
    let type_name = plain_name(ident);
    let name = options
        .name
        .clone()
        .unwrap_or_else(|| LitStr::new(&type_name, ident.span()));
    let start = Span::call_site().unwrap();
    let place = format!("{type_name}:{}:{}", start.line(), start.column());
    let kind = match options.kind {
        // The trait's default: one constant less to compile.
        EventKind::Ordinary => None,
        EventKind::InputRequired => Some(quote!(InputRequired)),
        EventKind::HumanResponse => Some(quote!(HumanResponse)),
    };
    let kind =
        kind.map(|kind| quote!(const KIND: #private::EventKind = #private::EventKind::#kind;));
    // An event with parameters has its error already: this only keeps it one, so that nothing else breaks.
    if input.generics.lifetimes().next().is_some() {
        return TokenStream::new();
    }
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!(#private::Value));
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let endpoint_generics = union::with_endpoints(&generics);
    let (endpoint_impl, _, _) = endpoint_generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::Event for #ident #type_generics #where_clause {
            const ID: #private::EventId = #private::EventId::declared(::core::module_path!(), #place);
            const NAME: &'static ::core::primitive::str = #name;
            #kind
        }
        #[automatically_derived]
        impl #endpoint_impl #private::Endpoints<__In, __Out> for #ident #type_generics #where_clause {}
    }
}

/// The derives that the item lacks.
fn derives(input: &DeriveInput, private: &Private, wanted: &[&str]) -> TokenStream {
    let present = derived(input);
    let missing: Vec<&str> = wanted
        .iter()
        .copied()
        .filter(|name| !present.iter().any(|have| have == name))
        .collect();
    let paths = missing.iter().map(|name| derive_path(name, private));
    // An error in what a derive writes stands on the type's name.
    let paths = paths.map(|path| tokens::located_at(&input.ident, path));
    // Derives of other crates find theirs through the facade: users need no other dependency.
    let serde = missing.contains(&"Serialize") || missing.contains(&"Deserialize");
    let serde = serde.then(|| private.text("serde"));
    let serde = serde.map(|path| quote!(#[serde(crate = #path)]));
    let schemars = missing.contains(&"JsonSchema");
    let schemars = schemars.then(|| private.text("schemars"));
    let schemars = schemars.map(|path| quote!(#[schemars(crate = #path)]));
    quote!(#[derive(#(#paths),*)] #serde #schemars)
}

fn derive_path(name: &str, private: &Private) -> TokenStream {
    match name {
        "Clone" => quote!(::core::clone::Clone),
        "Debug" => quote!(::core::fmt::Debug),
        "Default" => quote!(::core::default::Default),
        "Serialize" => quote!(#private::serde::Serialize),
        "Deserialize" => quote!(#private::serde::Deserialize),
        _ => quote!(#private::schemars::JsonSchema),
    }
}

/// The names of the derives that the item has already.
fn derived(input: &DeriveInput) -> Vec<String> {
    let derives = input
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"));
    let paths = derives.filter_map(|derive| {
        derive
            .parse_args_with(Punctuated::<Path, Comma>::parse_terminated)
            .ok()
    });
    let names = paths
        .flatten()
        .filter_map(|path| Some(path.segments.last()?.ident.to_string()));
    names.collect()
}

/// Emits an item unchanged with an error beside it.
pub(crate) fn unchanged(item: &impl ToTokens, error: &syn::Error) -> TokenStream {
    let error = error.to_compile_error();
    quote!(#item #error)
}
