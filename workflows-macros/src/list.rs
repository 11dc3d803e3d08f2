//! The list of options in an attribute: `name = value, name, …`.

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Ident, Token,
    ext::IdentExt,
    parse::{ParseStream, Parser},
};

use crate::{errors::Errors, near};

/// Reads each option with `parse`. What is wrong with one is an error at it; the options after it are read all the same.
pub(crate) fn each(
    tokens: TokenStream,
    attribute: &str,
    names: &[&str],
    errors: &mut Errors,
    mut parse: impl FnMut(&Ident, ParseStream<'_>) -> syn::Result<()>,
) {
    let mut seen = Vec::new();
    let parser = |input: ParseStream<'_>| -> syn::Result<()> {
        while !input.is_empty() {
            let read = known(input, attribute, names, &mut seen);
            let read = read.and_then(|name| parse(&name, input));
            let read = read.and_then(|()| comma(input));
            if let Err(error) = read {
                errors.push(error);
                rest(input);
                input.parse::<Option<Token![,]>>()?;
            }
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        errors.push(error);
    }
}

/// The next option's name; unknown and repeated names are errors.
fn known(
    input: ParseStream<'_>,
    attribute: &str,
    names: &[&str],
    seen: &mut Vec<String>,
) -> syn::Result<Ident> {
    if !input.peek(Ident::peek_any) {
        let list = quoted(names);
        let message = format!("options begin with their names: {attribute} knows {list}");
        return Err(syn::Error::new(input.span(), message));
    }
    let ident = input.call(Ident::parse_any)?;
    let name = ident.to_string();
    if !names.contains(&name.as_str()) {
        return Err(syn::Error::new(
            ident.span(),
            unknown(attribute, &name, names),
        ));
    }
    if seen.contains(&name) {
        let message = format!("option `{name}` is given twice");
        return Err(syn::Error::new(ident.span(), message));
    }
    seen.push(name);
    Ok(ident)
}

fn comma(input: ParseStream<'_>) -> syn::Result<()> {
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(())
}

/// Takes what stands before the next comma.
pub(crate) fn rest(input: ParseStream<'_>) -> TokenStream {
    let mut rest = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        let Ok(token) = input.parse::<TokenTree>() else {
            break;
        };
        rest.extend([token]);
    }
    rest
}

/// The message for an option that the attribute does not have.
fn unknown(attribute: &str, name: &str, names: &[&str]) -> String {
    let list = quoted(names);
    match near::nearest(name, names) {
        Some(near) => {
            format!("{attribute} has no option `{name}`, did you mean `{near}`? it knows {list}")
        }
        None => format!("{attribute} has no option `{name}`: it knows {list}"),
    }
}

fn quoted(names: &[&str]) -> String {
    let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    list.join(", ")
}
