//! Small questions to types and tokens.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{GenericArgument, Ident, Path, PathArguments, PathSegment, Type, TypeReference};

/// The type without the invisible groups that `macro_rules!` wraps around it.
pub(crate) fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(paren) => peel(&paren.elem),
        other => other,
    }
}

/// The last segment of a path type.
pub(crate) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match peel(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

pub(crate) fn is_named(ty: &Type, name: &str) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == name)
}

/// The first type argument: the `T` of `Name<T>`.
pub(crate) fn argument(ty: &Type) -> Option<&Type> {
    arguments(last_segment(ty)?).into_iter().next()
}

pub(crate) fn arguments(segment: &PathSegment) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// Every `T` of a `Name<T>` anywhere in the type.
pub(crate) fn find_arguments<'a>(ty: &'a Type, name: &str, found: &mut Vec<&'a Type>) {
    match peel(ty) {
        Type::Path(path) => {
            if let Some(argument) = is_named(ty, name).then(|| argument(ty)).flatten() {
                found.push(argument);
                return;
            }
            for segment in &path.path.segments {
                arguments(segment)
                    .into_iter()
                    .for_each(|ty| find_arguments(ty, name, found));
            }
        }
        Type::Tuple(tuple) => tuple
            .elems
            .iter()
            .for_each(|ty| find_arguments(ty, name, found)),
        _ => {}
    }
}

/// The first reference in the type.
pub(crate) fn reference(ty: &Type) -> Option<&TypeReference> {
    match peel(ty) {
        Type::Reference(reference) => Some(reference),
        Type::Path(path) => {
            let segments = path.path.segments.iter();
            segments.flat_map(arguments).find_map(reference)
        }
        Type::Tuple(tuple) => tuple.elems.iter().find_map(reference),
        _ => None,
    }
}

/// Whether one of the identifiers stands anywhere in the tokens.
pub(crate) fn mentions(tokens: TokenStream, names: &[Ident]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => names.contains(&ident),
        TokenTree::Group(group) => mentions(group.stream(), names),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// The tokens with `<ty>` for each `Self`.
pub(crate) fn without_self(tokens: TokenStream, ty: &Type) -> TokenStream {
    let tokens = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(ident) if ident == "Self" => quote_spanned!(ident.span()=> <#ty>),
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), without_self(group.stream(), ty));
            inner.set_span(group.span());
            TokenTree::Group(inner).into()
        }
        other => other.into(),
    });
    tokens.collect()
}

/// Whether the type contains an `impl Trait`.
pub(crate) fn names_no_type(ty: &Type) -> bool {
    mentions(
        ty.to_token_stream(),
        &[Ident::new("impl", Span::call_site())],
    )
}

/// The call `path(arguments)` whose span is that of `place`: an error in it points there.
pub(crate) fn call_at(
    place: &impl ToTokens,
    path: TokenStream,
    arguments: TokenStream,
) -> TokenStream {
    let last = ends(place.to_token_stream()).1;
    let mut call = at(place, path);
    let mut group = Group::new(Delimiter::Parenthesis, arguments);
    group.set_span(last);
    call.extend([TokenTree::Group(group)]);
    call
}

/// The path with the span of `place`: an error in it points there.
pub(crate) fn at(place: &impl ToTokens, path: TokenStream) -> TokenStream {
    let span = ends(place.to_token_stream()).0;
    let tokens = path.into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    tokens.collect()
}

/// The path as of the macro, but an error in it points to `place`.
pub(crate) fn located_at(place: &Ident, path: TokenStream) -> TokenStream {
    let span = Span::call_site().located_at(place.span());
    let tokens = path.into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    tokens.collect()
}

/// The spans of the first and the last token.
pub(crate) fn ends(tokens: TokenStream) -> (Span, Span) {
    let mut tokens = tokens.into_iter();
    let Some(first) = tokens.next() else {
        return (Span::call_site(), Span::call_site());
    };
    let last = tokens.last().unwrap_or_else(|| first.clone());
    (first.span(), last.span())
}

/// `review_all` to `ReviewAll`, raw identifiers included.
pub(crate) fn pascal_case(ident: &Ident) -> String {
    let name = ident.to_string();
    let words = name
        .trim_start_matches("r#")
        .split('_')
        .filter(|word| !word.is_empty());
    words
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect()
}

/// The name without the `r#` of a raw identifier.
pub(crate) fn plain_name(ident: &Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

/// `::workflows::__private`, or what the option `crate = path` makes of it.
///
/// Token by token: joining streams asks the compiler each time.
pub(crate) struct Private(Vec<TokenTree>);

impl Private {
    pub(crate) fn of(root: Option<&Path>) -> Self {
        let path = match root {
            Some(path) => quote!(#path::__private),
            None => quote!(::workflows::__private),
        };
        Self(path.into_iter().collect())
    }

    /// The items, where `__private` by itself names the path.
    pub(crate) fn around(&self, items: &TokenStream) -> TokenStream {
        quote! {
            #[allow(unused_qualifications, reason = "the author may have imported what is named here")]
            const _: () = {
                use #self;
                #items
            };
        }
    }

    /// The path of an item in it, as text.
    pub(crate) fn text(&self, item: &str) -> String {
        let path: String = self.0.iter().map(ToString::to_string).collect();
        path + "::" + item
    }
}

impl ToTokens for Private {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.iter().cloned());
    }
}

/// The conditions under which an item exists.
pub(crate) fn cfgs(attributes: &[syn::Attribute]) -> Vec<syn::Attribute> {
    let cfgs = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"));
    cfgs.cloned().collect()
}

/// The text of doc comments, lines joined, trimmed.
pub(crate) fn doc(attributes: &[syn::Attribute]) -> String {
    let lines = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            syn::Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text),
                    ..
                }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        });
    let lines: Vec<String> = lines
        .map(|line| line.strip_prefix(' ').unwrap_or(&line).to_owned())
        .collect();
    lines.join("\n").trim().to_owned()
}
