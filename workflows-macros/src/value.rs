//! The values of options, and what is said where something else stands.

use std::time::Duration;

use proc_macro2::{Delimiter, Group};
use quote::ToTokens;
use syn::{
    Expr, ExprLit, Ident, Lit, LitInt, Path, Token, UnOp,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
};

use crate::{duration, list};

/// What an option takes, and a value as an example.
#[derive(Clone, Copy)]
pub(crate) struct Wanted(pub(crate) &'static str, pub(crate) &'static str);

const DURATION: Wanted = Wanted("a number and a unit in quotes", "= \"30s\"");
const RETRY: Wanted = Wanted(
    "a `Retry`",
    "= Retry::exponential(Duration::from_millis(200)).max_attempts(3)",
);

impl Wanted {
    /// The error for an option, at what stands in the place of its value.
    pub(crate) fn instead_of(self, name: &Ident, written: &impl ToTokens) -> syn::Error {
        let Self(what, example) = self;
        let glue = if example.starts_with('=') { " " } else { "" };
        let message = format!("`{name}` takes {what}, as in `{name}{glue}{example}`");
        let written = written.to_token_stream();
        if written.is_empty() {
            syn::Error::new(name.span(), message)
        } else {
            syn::Error::new_spanned(written, message)
        }
    }
}

/// Reads `= value`.
pub(crate) fn value<T: Parse>(
    name: &Ident,
    input: ParseStream<'_>,
    wanted: Wanted,
) -> syn::Result<T> {
    equals(name, input, wanted)?;
    let written = input.fork();
    input
        .parse()
        .map_err(|_| wanted.instead_of(name, &list::rest(&written)))
}

/// Reads `= expression`: rustc says what its type should be, and syn what is wrong inside it.
pub(crate) fn expression(
    name: &Ident,
    input: ParseStream<'_>,
    wanted: Wanted,
) -> syn::Result<Expr> {
    equals(name, input, wanted)?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(wanted.instead_of(name, name));
    }
    input.parse()
}

fn equals(name: &Ident, input: ParseStream<'_>, wanted: Wanted) -> syn::Result<()> {
    if input.parse::<Option<Token![=]>>()?.is_some() {
        return Ok(());
    }
    Err(wanted.instead_of(name, &list::rest(input)))
}

/// Reads an option that is on where its name stands.
pub(crate) fn flag(name: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    let written = list::rest(input);
    if written.is_empty() {
        return Ok(());
    }
    let message = format!("`{name}` takes no value: write `{name}` by itself, or leave it out");
    Err(syn::Error::new_spanned(written, message))
}

/// Reads `(name, …)`.
pub(crate) fn names(
    name: &Ident,
    input: ParseStream<'_>,
    wanted: Wanted,
) -> syn::Result<Vec<Ident>> {
    let written = list::rest(input);
    let group = match syn::parse2::<Group>(written.clone()) {
        Ok(group) if group.delimiter() == Delimiter::Parenthesis => group,
        _ => return Err(wanted.instead_of(name, &written)),
    };
    let listed = Punctuated::<Ident, Token![,]>::parse_terminated_with;
    let listed = |input: ParseStream<'_>| listed(input, Ident::parse_any);
    match listed.parse2(group.stream()) {
        Ok(names) => Ok(names.into_iter().collect()),
        Err(_) => Err(wanted.instead_of(name, &group.stream())),
    }
}

pub(crate) fn duration(name: &Ident, input: ParseStream<'_>) -> syn::Result<Duration> {
    duration::parse(&value(name, input, DURATION)?)
}

pub(crate) fn crate_path(name: &Ident, input: ParseStream<'_>) -> syn::Result<Path> {
    let wanted = Wanted("the path of the `workflows` crate", "= my_name");
    equals(name, input, wanted)?;
    let written = input.fork();
    let path = input.call(Path::parse_mod_style);
    path.map_err(|_| wanted.instead_of(name, &list::rest(&written)))
}

pub(crate) fn retry(name: &Ident, input: ParseStream<'_>) -> syn::Result<Expr> {
    match expression(name, input, RETRY)? {
        literal @ Expr::Lit(_) => Err(RETRY.instead_of(name, &literal)),
        policy => Ok(policy),
    }
}

/// A number of at least 1, or a constant expression.
pub(crate) fn workers(name: &Ident, input: ParseStream<'_>) -> syn::Result<Expr> {
    let wanted = Wanted("a number of at least 1", "= 4");
    let workers = expression(name, input, wanted)?;
    match &workers {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => match number.base10_parse::<u32>() {
            Ok(0) => {
                let message = "`num_workers` is at least 1, or the step would never run";
                Err(syn::Error::new_spanned(number, message))
            }
            Ok(_) => Ok(workers),
            Err(_) => Err(wanted.instead_of(name, number)),
        },
        Expr::Unary(negative) if matches!(negative.op, UnOp::Neg(_)) => {
            Err(wanted.instead_of(name, negative))
        }
        Expr::Lit(other) => Err(wanted.instead_of(name, other)),
        _ => Ok(workers),
    }
}

/// A number, not zero: `zero` says why.
pub(crate) fn positive(
    name: &Ident,
    input: ParseStream<'_>,
    wanted: Wanted,
    zero: &str,
) -> syn::Result<u32> {
    let number = number(name, input, wanted)?;
    match number.base10_parse()? {
        0 => Err(syn::Error::new_spanned(number, zero)),
        positive => Ok(positive),
    }
}

/// A number that fits into 32 bits.
pub(crate) fn number(name: &Ident, input: ParseStream<'_>, wanted: Wanted) -> syn::Result<LitInt> {
    let number: LitInt = value(name, input, wanted)?;
    match number.base10_parse::<u32>() {
        Ok(_) => Ok(number),
        Err(_) => Err(wanted.instead_of(name, &number)),
    }
}
