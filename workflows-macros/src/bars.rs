//! The block form `workflow! { … }`: rewrites each `A | B` where a type stands to `OneOf![A | B]`.
//!
//! Works on tokens, before syn: Rust's grammar has no bar in a type. It looks only at the signatures of the functions
//! directly inside the block.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::workflow;

pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let (options, rest) = take_options(tokens);
    let mut rest: Vec<TokenTree> = rest.into_iter().collect();
    if let Some(TokenTree::Group(body)) = rest.last_mut() {
        let mut rewritten = Group::new(body.delimiter(), rewrite_functions(body.stream()));
        rewritten.set_span(body.span());
        *body = rewritten;
    }
    workflow::expand(options, rest.into_iter().collect())
}

/// The options of a leading `#![workflow(…)]`, and what follows it.
fn take_options(tokens: TokenStream) -> (TokenStream, TokenStream) {
    let mut rest = tokens.clone().into_iter().peekable();
    let is = |token: &TokenTree, char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == char);
    let hash = rest.next_if(|token| is(token, '#'));
    // The outer form does as well.
    rest.next_if(|token| is(token, '!'));
    if hash.is_some()
        && let Some(TokenTree::Group(attribute)) = rest.next()
        && let Ok(list) = syn::parse2::<syn::MetaList>(attribute.stream())
        && list.path.is_ident("workflow")
    {
        return (list.tokens, rest.collect());
    }
    (TokenStream::new(), tokens)
}

/// Rewrites the parameters and the return type behind every `fn`.
fn rewrite_functions(tokens: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_fn = matches!(&token, TokenTree::Ident(ident) if ident == "fn");
        out.extend([token]);
        if !is_fn {
            continue;
        }
        let is_parameters = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis);
        while let Some(token) = tokens.next_if(|token| !is_parameters(token)) {
            out.extend([token]);
        }
        if let Some(TokenTree::Group(parameters)) = tokens.next() {
            out.extend(regroup(
                &parameters,
                rewrite_parameters(parameters.stream()),
            ));
        }
        let mut output = Vec::new();
        let ends = |token: &TokenTree| match token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Ident(ident) => ident == "where",
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Literal(_) => false,
        };
        while let Some(token) = tokens.next_if(|token| !ends(token)) {
            output.push(token);
        }
        out.extend(rewrite_output(output));
    }
    out
}

fn regroup(group: &Group, tokens: TokenStream) -> TokenStream {
    let mut rewritten = Group::new(group.delimiter(), tokens);
    rewritten.set_span(group.span());
    TokenTree::Group(rewritten).into()
}

/// `-> Type`.
fn rewrite_output(tokens: Vec<TokenTree>) -> TokenStream {
    let arrow = tokens.len().min(2);
    let (arrow, ty) = tokens.split_at(arrow);
    let ty = rewrite_type(ty.to_vec());
    let arrow = arrow.iter().cloned().collect::<TokenStream>();
    quote!(#arrow #ty)
}

/// `pattern: Type, …`.
fn rewrite_parameters(tokens: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    for parameter in split(tokens, |punct| punct == ',') {
        let (parameter, comma) = parameter;
        match first_colon(&parameter) {
            Some(colon) => {
                let ty = rewrite_type(parameter[colon + 1..].to_vec());
                out.extend(parameter[..=colon].iter().cloned());
                out.extend(ty);
            }
            None => out.extend(parameter),
        }
        out.extend(comma);
    }
    out
}

/// The colon between pattern and type: a single one, not half of `::`.
fn first_colon(tokens: &[TokenTree]) -> Option<usize> {
    let colon =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    let mut i = 0;
    while i < tokens.len() {
        if colon(&tokens[i]) {
            let joint =
                matches!(&tokens[i], TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint);
            if joint && tokens.get(i + 1).is_some_and(colon) {
                i += 2;
                continue;
            }
            return Some(i);
        }
        i += 1;
    }
    None
}

/// A type, whose alternatives at the top and inside `<…>` and `(…)` become unions.
fn rewrite_type(tokens: Vec<TokenTree>) -> TokenStream {
    let stream: TokenStream = tokens.into_iter().collect();
    let alternatives = split(stream, |punct| punct == '|');
    let is_union = alternatives.len() > 1;
    let rewritten: Vec<TokenStream> = alternatives
        .into_iter()
        .map(|(tokens, _)| rewrite_inside(tokens))
        .collect();
    if is_union {
        quote!(OneOf![#(#rewritten)|*])
    } else {
        rewritten.into_iter().collect()
    }
}

/// Rewrites the arguments of `Name<…>` and the elements of a tuple.
fn rewrite_inside(tokens: Vec<TokenTree>) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                out.extend(regroup(&group, rewrite_list(group.stream())));
            }
            TokenTree::Punct(open) if open.as_char() == '<' => {
                let (arguments, close) = until_close(&mut tokens);
                out.extend([TokenTree::Punct(open)]);
                out.extend(rewrite_list(arguments));
                out.extend(close);
            }
            other => out.extend([other]),
        }
    }
    out
}

/// The tokens up to the `>` that closes an open `<`, and that `>`.
fn until_close(tokens: &mut impl Iterator<Item = TokenTree>) -> (TokenStream, Option<TokenTree>) {
    let (mut inside, mut depth) = (TokenStream::new(), 0);
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == '<' => depth += 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' && depth == 0 => {
                return (inside, Some(token));
            }
            TokenTree::Punct(punct) if punct.as_char() == '>' => depth -= 1,
            _ => {}
        }
        inside.extend([token]);
    }
    (inside, None)
}

fn rewrite_list(tokens: TokenStream) -> TokenStream {
    let types = split(tokens, |punct| punct == ',').into_iter();
    let types = types.map(|(ty, comma)| {
        let ty = rewrite_type(ty);
        let comma = comma.map(ToTokens::into_token_stream);
        quote!(#ty #comma)
    });
    types.collect()
}

/// Splits at punctuation outside of `<…>`; each part comes with the separator behind it.
fn split(
    tokens: TokenStream,
    separates: impl Fn(char) -> bool,
) -> Vec<(Vec<TokenTree>, Option<TokenTree>)> {
    let (mut parts, mut part, mut depth) = (Vec::new(), Vec::new(), 0_i32);
    for token in tokens {
        if let TokenTree::Punct(punct) = &token {
            match punct.as_char() {
                '<' => depth += 1,
                '>' => depth -= 1,
                c if depth == 0 && separates(c) => {
                    parts.push((std::mem::take(&mut part), Some(token)));
                    continue;
                }
                _ => {}
            }
        }
        part.push(token);
    }
    if !part.is_empty() {
        parts.push((part, None));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(tokens: TokenStream) -> String {
        rewrite_functions(tokens).to_string()
    }

    #[test]
    fn a_bar_in_a_parameter_or_a_return_type_makes_a_union() {
        let tokens = quote!(async fn f(&self, ev: A | B<u8>) -> C | Stop<D> { a | b });
        let expected = quote!(
            async fn f(&self, ev: OneOf![A | B<u8>]) -> OneOf![C | Stop<D>] {
                a | b
            }
        );
        assert_eq!(rewritten(tokens), expected.to_string());
    }

    #[test]
    fn a_bar_inside_arguments_and_tuples_makes_a_union_there() {
        let tokens =
            quote!(async fn f(&self, out: Emitter<A | B>) -> Result<(Vec<A | B>, C), E> {});
        let expected = quote!(
            async fn f(&self, out: Emitter<OneOf![A | B]>) -> Result<(Vec<OneOf![A | B]>, C), E> {}
        );
        assert_eq!(rewritten(tokens), expected.to_string());
    }

    #[test]
    fn patterns_and_paths_stay_as_they_are() {
        let tokens = quote!(
            async fn f(&self, Start(x): workflows::Start<T>, E { a, .. }: m::E)
            where
                T: Copy,
            {
            }
        );
        assert_eq!(rewritten(tokens.clone()), tokens.to_string());
    }
}
