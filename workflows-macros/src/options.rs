//! The options of the attributes, as written.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{
    Expr, Ident, LitInt, LitStr, Path, Token, Type,
    ext::IdentExt,
    parenthesized,
    parse::{ParseStream, Parser},
    spanned::Spanned,
};

use crate::{catch::Catch, duration, errors::Errors, near};

/// Checks that an author switches off.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Allow {
    pub(crate) unreachable: bool,
    pub(crate) dead_end: bool,
    pub(crate) unconsumed: bool,
    pub(crate) unproduced: bool,
}

impl Allow {
    pub(crate) const fn or(self, other: Self) -> Self {
        Self {
            unreachable: self.unreachable || other.unreachable,
            dead_end: self.dead_end || other.dead_end,
            unconsumed: self.unconsumed || other.unconsumed,
            unproduced: self.unproduced || other.unproduced,
        }
    }

    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut allow = Self::default();
        let content;
        parenthesized!(content in input);
        for name in content.parse_terminated(Ident::parse_any, Token![,])? {
            match name.to_string().as_str() {
                "unreachable" => allow.unreachable = true,
                "dead_end" => allow.dead_end = true,
                "unconsumed" => allow.unconsumed = true,
                "unproduced" => allow.unproduced = true,
                other => {
                    let message = format!(
                        "no check is called `{other}`: expected `unreachable`, `dead_end`, `unconsumed` or `unproduced`"
                    );
                    return Err(syn::Error::new(name.span(), message));
                }
            }
        }
        Ok(allow)
    }
}

#[derive(Default)]
pub(crate) struct WorkflowOptions {
    pub(crate) name: Option<LitStr>,
    pub(crate) version: Option<LitInt>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) input: Option<Type>,
    pub(crate) output: Option<Type>,
    pub(crate) allow: Allow,
    pub(crate) root: Option<Path>,
}

impl WorkflowOptions {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        let names = [
            "name", "version", "timeout", "input", "output", "allow", "crate",
        ];
        each(tokens, "`#[workflow]`", &names, errors, |name, input| {
            match name.to_string().as_str() {
                "name" => options.name = Some(value(input)?),
                "version" => options.version = Some(version(input)?),
                "timeout" => options.timeout = Some(duration::parse(&value(input)?)?),
                "input" => options.input = Some(value(input)?),
                "output" => options.output = Some(value(input)?),
                "allow" => options.allow = Allow::parse(input)?,
                _ => options.root = Some(crate_path(input)?),
            }
            Ok(())
        });
        options
    }
}

fn version(input: ParseStream<'_>) -> syn::Result<LitInt> {
    let version: LitInt = value(input)?;
    version.base10_parse::<u32>()?;
    Ok(version)
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Inline,
    Spawn,
    Blocking,
}

pub(crate) struct StepOptions {
    /// A number or a constant expression.
    pub(crate) workers: Option<Expr>,
    pub(crate) mode: Mode,
    pub(crate) retry: Option<Expr>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) catch: Option<Catch>,
    pub(crate) allow: Allow,
}

impl Default for StepOptions {
    fn default() -> Self {
        Self {
            workers: None,
            mode: Mode::Inline,
            retry: None,
            timeout: None,
            catch: None,
            allow: Allow::default(),
        }
    }
}

impl StepOptions {
    /// The options of `#[catch_error]`.
    pub(crate) fn parse_handler(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        let mut catch = Catch::default();
        let names = ["steps", "max_recoveries", "num_workers", "timeout", "allow"];
        each(tokens, "`#[catch_error]`", &names, errors, |name, input| {
            match name.to_string().as_str() {
                "steps" => catch.steps = Catch::parse_steps(name, input)?,
                "max_recoveries" => catch.max_recoveries = max_recoveries(input)?,
                "num_workers" => options.workers = Some(workers(input)?),
                "timeout" => options.timeout = Some(duration::parse(&value(input)?)?),
                _ => options.allow = Allow::parse(input)?,
            }
            Ok(())
        });
        options.catch = Some(catch);
        options
    }

    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        let names = [
            "num_workers",
            "retry",
            "timeout",
            "spawn",
            "blocking",
            "allow",
        ];
        each(tokens, "`#[step]`", &names, errors, |name, input| {
            match name.to_string().as_str() {
                "num_workers" => options.workers = Some(workers(input)?),
                "retry" => options.retry = Some(value(input)?),
                "timeout" => options.timeout = Some(duration::parse(&value(input)?)?),
                "allow" => options.allow = Allow::parse(input)?,
                mode => {
                    if options.mode != Mode::Inline {
                        return Err(syn::Error::new(
                            name.span(),
                            "a step is either `spawn` or `blocking`",
                        ));
                    }
                    options.mode = if mode == "spawn" {
                        Mode::Spawn
                    } else {
                        Mode::Blocking
                    };
                }
            }
            Ok(())
        });
        options
    }
}

fn workers(input: ParseStream<'_>) -> syn::Result<Expr> {
    let workers: Expr = value(input)?;
    let Expr::Lit(literal) = &workers else {
        return Ok(workers);
    };
    let number: LitInt = syn::parse2(literal.to_token_stream())?;
    match number.base10_parse::<u32>()? {
        0 => Err(syn::Error::new_spanned(
            number,
            "`num_workers` is at least 1, or the step would never run",
        )),
        _ => Ok(workers),
    }
}

fn max_recoveries(input: ParseStream<'_>) -> syn::Result<u32> {
    let number: LitInt = value(input)?;
    match number.base10_parse()? {
        0 => Err(syn::Error::new_spanned(
            number,
            "`max_recoveries` is at least 1, or the method would never run",
        )),
        recoveries => Ok(recoveries),
    }
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum EventKind {
    #[default]
    Ordinary,
    InputRequired,
    HumanResponse,
}

/// The options of `#[event]`, `#[data]` and `#[state]`.
#[derive(Default)]
pub(crate) struct DataOptions {
    pub(crate) name: Option<LitStr>,
    pub(crate) kind: EventKind,
    pub(crate) root: Option<Path>,
}

impl DataOptions {
    pub(crate) fn parse_event(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        let names = ["name", "input_required", "human_response", "crate"];
        each(tokens, "`#[event]`", &names, errors, |name, input| {
            match name.to_string().as_str() {
                "name" => options.name = Some(event_name(input)?),
                "crate" => options.root = Some(crate_path(input)?),
                kind => {
                    if options.kind != EventKind::Ordinary {
                        return Err(syn::Error::new(
                            name.span(),
                            "an event is either `input_required` or `human_response`",
                        ));
                    }
                    let asks = kind == "input_required";
                    options.kind = if asks {
                        EventKind::InputRequired
                    } else {
                        EventKind::HumanResponse
                    };
                }
            }
            Ok(())
        });
        options
    }

    pub(crate) fn parse_crate(tokens: TokenStream, attribute: &str, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        each(tokens, attribute, &["crate"], errors, |_, input| {
            options.root = Some(crate_path(input)?);
            Ok(())
        });
        options
    }
}

fn event_name(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let name: LitStr = value(input)?;
    if matches!(name.value().trim(), "" | "Start" | "Stop") {
        return Err(syn::Error::new_spanned(
            name,
            "an event's name is not empty, and `Start` and `Stop` are taken",
        ));
    }
    Ok(name)
}

/// The number that `#[collect(take = n)]` gives.
pub(crate) fn parse_take(tokens: TokenStream, span: Span, errors: &mut Errors) -> Option<u32> {
    let mut take = None;
    each(tokens, "`#[collect]`", &["take"], errors, |_, input| {
        let number: LitInt = value(input)?;
        match number.base10_parse()? {
            0 => return Err(syn::Error::new_spanned(number, "`take` is at least 1")),
            number => take = Some(number),
        }
        Ok(())
    });
    if take.is_none() && errors.is_empty() {
        errors.push(syn::Error::new(
            span,
            "`#[collect]` takes `take = n`: the number of events that is enough",
        ));
    }
    take
}

pub(crate) fn value<T: syn::parse::Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

fn crate_path(input: ParseStream<'_>) -> syn::Result<Path> {
    input.parse::<Token![=]>()?;
    input.call(Path::parse_mod_style)
}

/// Parses `name …, name …`; unknown and repeated names are errors.
pub(crate) fn each(
    tokens: TokenStream,
    attribute: &str,
    names: &[&str],
    errors: &mut Errors,
    mut parse: impl FnMut(&Ident, ParseStream<'_>) -> syn::Result<()>,
) {
    let mut seen: Vec<String> = Vec::new();
    let parser = |input: ParseStream<'_>| -> syn::Result<()> {
        while !input.is_empty() {
            let ident = input.call(Ident::parse_any)?;
            let name = ident.to_string();
            if !names.contains(&name.as_str()) {
                let message = unknown(attribute, &name, names);
                return Err(syn::Error::new(ident.span(), message));
            }
            if seen.contains(&name) {
                return Err(syn::Error::new(
                    ident.span(),
                    format!("option `{name}` is given twice"),
                ));
            }
            parse(&ident, input)?;
            seen.push(name);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        errors.push(error);
    }
}

/// The message for an option that the attribute does not have.
fn unknown(attribute: &str, name: &str, names: &[&str]) -> String {
    let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let list = list.join(", ");
    match near::nearest(name, names) {
        Some(near) => {
            format!("{attribute} has no option `{name}`, did you mean `{near}`? it knows {list}")
        }
        None => format!("{attribute} has no option `{name}`: it knows {list}"),
    }
}

/// The span of an attribute's path.
pub(crate) fn span_of(attribute: &syn::Attribute) -> Span {
    attribute.path().span()
}
