//! `#[resource(…)]`: parameters that are made by a factory, or read from a config file.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    Attribute, Expr, ExprLit, ExprPath, FnArg, Ident, Lit, LitBool, LitStr, Meta, PatType,
    Signature, Token, Type,
    ext::IdentExt,
    parse::{ParseStream, Parser},
    parse_quote,
};

use crate::{
    errors::Errors,
    expand::compact,
    list::each,
    tokens::{at, call_at},
    value::{self, Wanted, value},
};

/// What gives a step one of its parameters.
pub(crate) struct Resource {
    pub(crate) ty: Type,
    source: Source,
}

enum Source {
    Factory { path: ExprPath, cached: bool },
    Config { file: Expr, path: LitStr },
}

impl Resource {
    /// The future of the argument, from the call of the step. An error in it points to the factory, or to the type that
    /// a config shall have.
    pub(crate) fn value(&self) -> TokenStream {
        let ty = &self.ty;
        match &self.source {
            Source::Factory { path, cached } => {
                let method = Ident::new(
                    if *cached { "resource" } else { "own_resource" },
                    Span::call_site(),
                );
                let start = at(path, quote!(__private::Call::#method::<));
                let end = call_at(path, quote!(, _, _>), quote!(&__call, #path));
                quote!(#start #ty #end)
            }
            Source::Config { file, path } => {
                let start = at(ty, quote!(__private::Call::config::<));
                let end = call_at(ty, quote!(>), quote!(&__call, #file, #path));
                quote!(#start #ty #end)
            }
        }
    }

    /// The entry in the table of steps.
    pub(crate) fn spec(&self) -> TokenStream {
        let type_name = compact(&self.ty);
        let (name, kind, cached) = match &self.source {
            Source::Factory { path, cached } => {
                (compact(path).to_token_stream(), quote!(Factory), *cached)
            }
            Source::Config { file, path } => {
                (file.to_token_stream(), quote!(Config { path: #path }), true)
            }
        };
        quote! {
            __private::ResourceSpec {
                name: #name,
                type_name: #type_name,
                kind: __private::ResourceKind::#kind,
                cached: #cached,
            }
        }
    }
}

/// The resource that a parameter is, its attribute taken off.
pub(crate) fn take(parameter: &mut PatType, errors: &mut Errors) -> Option<Resource> {
    let attribute = take_attribute(parameter)?;
    while let Some(second) = take_attribute(parameter) {
        errors.at(
            &second,
            "a parameter is one resource: `#[resource]` stands once",
        );
    }
    let ty = (*parameter.ty).clone();
    let source = match &attribute.meta {
        Meta::List(list) => source(&list.tokens, &attribute, errors),
        Meta::Path(_) | Meta::NameValue(_) => None,
    };
    if source.is_none() && errors.is_empty() {
        errors.at(&attribute, NO_FACTORY);
    }
    // With errors nothing of it is expanded, but the parameter is no event.
    let source = source.unwrap_or_else(|| Source::Factory {
        path: parse_quote!(factory),
        cached: true,
    });
    Some(Resource { ty, source })
}

/// Refuses `#[resource]` on a method that is no step.
pub(crate) fn refuse(signature: &mut Signature, errors: &mut Errors) {
    for input in &mut signature.inputs {
        let FnArg::Typed(parameter) = input else {
            continue;
        };
        while let Some(attribute) = take_attribute(parameter) {
            let message =
                "`#[resource]` belongs on a parameter of a method that is marked `#[step]`";
            errors.at(&attribute, message);
        }
    }
}

fn take_attribute(parameter: &mut PatType) -> Option<Attribute> {
    let is_resource = |attribute: &Attribute| attribute.path().is_ident("resource");
    let place = parameter.attrs.iter().position(is_resource)?;
    Some(parameter.attrs.remove(place))
}

const NO_FACTORY: &str = "`#[resource]` names a factory, as in `#[resource(make_db)]`, or a file, as in \
                          `#[resource(config = \"app.toml\", path = \"db\")]`";

fn source(tokens: &TokenStream, attribute: &Attribute, errors: &mut Errors) -> Option<Source> {
    let starts_with_option = |input: ParseStream<'_>| -> syn::Result<bool> {
        let is_option = input.peek(Ident::peek_any) && input.peek2(Token![=]);
        input.parse::<TokenStream>()?;
        Ok(is_option)
    };
    if starts_with_option
        .parse2(tokens.clone())
        .unwrap_or_default()
    {
        return config(tokens.clone(), attribute, errors);
    }
    let parser = |input: ParseStream<'_>| -> syn::Result<(ExprPath, TokenStream)> {
        let path = factory_path(input)?;
        input.parse::<Option<Token![,]>>()?;
        Ok((path, input.parse()?))
    };
    if tokens.is_empty() {
        return None;
    }
    match parser.parse2(tokens.clone()) {
        Ok((path, rest)) => {
            let mut cached = true;
            let whose = "`#[resource]` with a factory";
            each(rest, whose, &["cache"], errors, |name, input| {
                let wanted = Wanted("`true` or `false`", "= false");
                cached = value::<LitBool>(name, input, wanted)?.value;
                Ok(())
            });
            Some(Source::Factory { path, cached })
        }
        Err(error) => {
            errors.push(error);
            None
        }
    }
}

fn factory_path(input: ParseStream<'_>) -> syn::Result<ExprPath> {
    match input.parse::<Expr>()? {
        Expr::Path(path) => Ok(path),
        other => {
            let message = "a factory is named by its path, as in `#[resource(make_db)]`: make this a function";
            Err(syn::Error::new_spanned(other, message))
        }
    }
}

fn config(tokens: TokenStream, attribute: &Attribute, errors: &mut Errors) -> Option<Source> {
    let (mut file, mut path) = (None, LitStr::new("", Span::call_site()));
    let (whose, names) = ("`#[resource]` without a factory", ["config", "path"]);
    let before = errors.is_empty();
    each(tokens, whose, &names, errors, |name, input| {
        if name == "config" {
            file = Some(config_file(name, input)?);
        } else {
            path = config_path(name, input)?;
        }
        Ok(())
    });
    if file.is_none() && before && errors.is_empty() {
        errors.at(attribute, NO_FACTORY);
    }
    file.map(|file| Source::Config { file, path })
}

fn config_file(option: &Ident, input: ParseStream<'_>) -> syn::Result<Expr> {
    let wanted = Wanted("a file in quotes", "= \"app.toml\"");
    let file = value::expression(option, input, wanted)?;
    match &file {
        Expr::Lit(ExprLit {
            lit: Lit::Str(name),
            ..
        }) => {
            let (name, extensions) = (name.value(), [".json", ".toml"]);
            if !extensions.iter().any(|extension| name.ends_with(extension)) {
                let message = "a config file is `.json` or `.toml`";
                return Err(syn::Error::new_spanned(file, message));
            }
        }
        Expr::Lit(other) => return Err(wanted.instead_of(option, other)),
        _ => {}
    }
    Ok(file)
}

fn config_path(option: &Ident, input: ParseStream<'_>) -> syn::Result<LitStr> {
    let wanted = Wanted("keys and dots in quotes", "= \"db.pool\"");
    let path: LitStr = value(option, input, wanted)?;
    if path.value().split('.').any(str::is_empty) {
        let message = "the path into a config file is made of keys and dots, as in \"db.pool\"";
        return Err(syn::Error::new_spanned(path, message));
    }
    Ok(path)
}
