//! Unions of events: `#[derive(EventUnion)]`, and the enums that `OneOf![…]` declares.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{
    Data, DeriveInput, Field, Fields, Generics, Ident, Path, Token, Type, parse::Parse,
    spanned::Spanned,
};

use crate::{
    errors::Errors,
    options::DataOptions,
    tokens::{self, call_at},
};

/// `OneOf![A | B]` or `OneOf![Name = A | B]`.
pub(crate) struct OneOf {
    pub(crate) name: Option<Ident>,
    pub(crate) members: Vec<Type>,
    /// A comma that stands where a bar should.
    pub(crate) comma: Option<Token![,]>,
}

impl Parse for OneOf {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        let name = if input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            let name = input.parse()?;
            input.parse::<Token![=]>()?;
            Some(name)
        } else {
            None
        };
        input.parse::<Option<Token![|]>>()?;
        let (mut members, mut comma) = (vec![input.parse()?], None);
        while input.peek(Token![|]) || input.peek(Token![,]) {
            if input.peek(Token![,]) {
                comma = comma.or(Some(input.parse()?));
            } else {
                input.parse::<Token![|]>()?;
            }
            members.push(input.parse()?);
        }
        if !input.is_empty() {
            return Err(input.error("expected `|` and another event"));
        }
        Ok(Self {
            name,
            members,
            comma,
        })
    }
}

/// A variant: its name and the event in it.
pub(crate) struct Variant {
    pub(crate) name: Ident,
    pub(crate) event: Type,
}

/// The variants of a `OneOf`: each named as its type.
pub(crate) fn variants(members: &[Type], errors: &mut Errors) -> Vec<Variant> {
    let mut variants: Vec<Variant> = Vec::new();
    for event in members {
        let Some(segment) = tokens::last_segment(event) else {
            errors.at(
                event,
                "a union holds events by their names, as in `OneOf![Draft | Stop<Review>]`",
            );
            continue;
        };
        let name = segment.ident.clone();
        if variants.iter().any(|variant| variant.name == name) {
            let message = format!(
                "`{name}` stands twice in this union: write it once, or give one a type alias"
            );
            errors.at(event, message);
            continue;
        }
        variants.push(Variant {
            name,
            event: event.clone(),
        });
    }
    variants
}

pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let root = crate_option(&input, &mut errors);
    let Data::Enum(data) = &input.data else {
        let error = syn::Error::new_spanned(
            &input.ident,
            "`EventUnion` belongs on an enum: one variant per event",
        );
        return error.to_compile_error();
    };
    let mut variants = Vec::new();
    for variant in &data.variants {
        match single_field(&variant.fields) {
            Some(field)
                if variants
                    .iter()
                    .any(|other: &Variant| other.event == field.ty) =>
            {
                let event = field.ty.to_token_stream();
                errors.at(
                    &field.ty,
                    format!("`{event}` stands in two variants of this union"),
                );
            }
            Some(field) => variants.push(Variant {
                name: variant.ident.clone(),
                event: field.ty.clone(),
            }),
            None => {
                let message = format!(
                    "variant `{}` holds {} fields: each variant of an event union holds one event, as in `Draft(Draft)`",
                    variant.ident,
                    variant.fields.len()
                );
                errors.at(variant, message);
            }
        }
    }
    if data.variants.is_empty() {
        errors.at(&input.ident, "an event union has at least one variant");
    }
    if !errors.is_empty() {
        return errors.into_compile_errors();
    }
    let private = tokens::Private::of(root.as_ref());
    private.around(&impls(&input.ident, &input.generics, &variants))
}

fn single_field(fields: &Fields) -> Option<&Field> {
    match fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields.unnamed.first(),
        _ => None,
    }
}

fn crate_option(input: &DeriveInput, errors: &mut Errors) -> Option<Path> {
    let attribute = input
        .attrs
        .iter()
        .find(|attribute| attribute.path().is_ident("workflow"))?;
    match attribute.meta.require_list() {
        Ok(list) => {
            DataOptions::parse_crate(list.tokens.clone(), "`#[workflow]` on a union", errors).root
        }
        Err(error) => {
            errors.push(error);
            None
        }
    }
}

/// `EventSet`, `Endpoints`, and for each member `MemberOf` and `From`; to stand where `__private` is in scope.
pub(crate) fn impls(name: &Ident, generics: &Generics, variants: &[Variant]) -> TokenStream {
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let arms: Vec<_> = variants.iter().map(|variant| &variant.name).collect();
    let events: Vec<_> = variants.iter().map(|variant| &variant.event).collect();
    let predicates = where_clause
        .map(|clause| clause.predicates.iter())
        .into_iter()
        .flatten();
    let endpoint_generics = with_endpoints(generics);
    let (endpoint_impl, _, _) = endpoint_generics.split_for_impl();
    let members = variants
        .iter()
        .map(|variant| member_impls(name, generics, variant, variants.len()));
    let infos = events.iter().map(|event| {
        call_at(
            event,
            quote!(__private::check::member),
            quote!(<#event as __private::EventSet>::MEMBERS),
        )
    });
    // Where rustc shows who implements the trait, it shows the union.
    let span = Span::call_site().located_at(name.span());
    let set = quote_spanned! {span=>
        #[automatically_derived]
        impl #impl_generics __private::EventSet for #name #type_generics #where_clause {
            const MEMBERS: &'static [__private::EventInfo] = &[#(#infos),*];

            fn from_event(
                event: __private::Box<dyn __private::AnyEvent>,
            ) -> ::core::result::Result<Self, __private::Box<dyn __private::AnyEvent>> {
                #(
                    let event = match <#events as __private::EventSet>::from_event(event) {
                        ::core::result::Result::Ok(event) => return ::core::result::Result::Ok(Self::#arms(event)),
                        ::core::result::Result::Err(event) => event,
                    };
                )*
                ::core::result::Result::Err(event)
            }

            fn into_event(self) -> (__private::EventId, __private::Box<dyn __private::AnyEvent>) {
                match self {
                    #(Self::#arms(event) => <#events as __private::EventSet>::into_event(event),)*
                }
            }

            fn duplicate(&self) -> Self {
                match self {
                    #(Self::#arms(event) => Self::#arms(<#events as __private::EventSet>::duplicate(event)),)*
                }
            }

            fn describe(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self {
                    #(Self::#arms(event) => <#events as __private::EventSet>::describe(event, f),)*
                }
            }
        }
    };
    quote! {
        #set
        #[automatically_derived]
        impl #endpoint_impl __private::Endpoints<__In, __Out> for #name #type_generics
        where
            #(#events: __private::Endpoints<__In, __Out>,)*
            #(#predicates,)*
        {}
        #(#members)*
    }
}

pub(crate) fn with_endpoints(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    for name in ["__In", "__Out"] {
        let name = format_ident!("{name}");
        generics.params.push(syn::parse_quote!(#name));
    }
    generics
}

fn member_impls(name: &Ident, generics: &Generics, variant: &Variant, count: usize) -> TokenStream {
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let Variant { name: arm, event } = variant;
    let parameters: Vec<Ident> = generics
        .type_params()
        .map(|parameter| parameter.ident.clone())
        .collect();
    // A bare type parameter could be any other member: its conversion would overlap with theirs.
    let is_parameter =
        tokens::last_segment(event).is_some_and(|segment| parameters.contains(&segment.ident));
    if is_parameter && count > 1 {
        return TokenStream::new();
    }
    let span = Span::call_site().located_at(event.span());
    quote_spanned! {span=>
        #[automatically_derived]
        impl #impl_generics __private::MemberOf<#name #type_generics> for #event #where_clause {
            fn into_set(self) -> #name #type_generics {
                #name::#arm(self)
            }
        }
        #[automatically_derived]
        impl #impl_generics ::core::convert::From<#event> for #name #type_generics #where_clause {
            fn from(event: #event) -> Self {
                Self::#arm(event)
            }
        }
    }
}
