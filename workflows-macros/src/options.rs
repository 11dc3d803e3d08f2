//! The options of the attributes, as written.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use syn::{Expr, Ident, LitInt, LitStr, Path, Type, parse::ParseStream, spanned::Spanned};

use crate::{
    catch::Catch,
    errors::Errors,
    list::each,
    value::{self, Wanted, crate_path, value},
};

const NAME: Wanted = Wanted("a name in quotes", "= \"my-name\"");
const VERSION: Wanted = Wanted("a whole number of 32 bits", "= 2");
const TYPE: Wanted = Wanted("a type", "= String");

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

    fn parse(option: &Ident, input: ParseStream<'_>) -> syn::Result<Self> {
        let mut allow = Self::default();
        let wanted = Wanted("names of checks in parentheses", "(dead_end)");
        for name in value::names(option, input, wanted)? {
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
                "name" => options.name = Some(value(name, input, NAME)?),
                "version" => options.version = Some(value::number(name, input, VERSION)?),
                "timeout" => options.timeout = Some(value::duration(name, input)?),
                "input" => options.input = Some(value(name, input, TYPE)?),
                "output" => options.output = Some(value(name, input, TYPE)?),
                "allow" => options.allow = Allow::parse(name, input)?,
                _ => options.root = Some(crate_path(name, input)?),
            }
            Ok(())
        });
        options
    }
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
                "max_recoveries" => catch.max_recoveries = max_recoveries(name, input)?,
                "num_workers" => options.workers = Some(value::workers(name, input)?),
                "timeout" => options.timeout = Some(value::duration(name, input)?),
                _ => options.allow = Allow::parse(name, input)?,
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
                "num_workers" => options.workers = Some(value::workers(name, input)?),
                "retry" => options.retry = Some(value::retry(name, input)?),
                "timeout" => options.timeout = Some(value::duration(name, input)?),
                "allow" => options.allow = Allow::parse(name, input)?,
                mode => {
                    value::flag(name, input)?;
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
                "name" => options.name = Some(event_name(name, input)?),
                "crate" => options.root = Some(crate_path(name, input)?),
                kind => {
                    value::flag(name, input)?;
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
        each(tokens, attribute, &["crate"], errors, |name, input| {
            options.root = Some(crate_path(name, input)?);
            Ok(())
        });
        options
    }
}

fn event_name(option: &Ident, input: ParseStream<'_>) -> syn::Result<LitStr> {
    let name: LitStr = value(option, input, NAME)?;
    if matches!(name.value().trim(), "" | "Start" | "Stop") {
        return Err(syn::Error::new_spanned(
            name,
            "an event's name is not empty, and `Start` and `Stop` are taken",
        ));
    }
    Ok(name)
}

fn max_recoveries(name: &Ident, input: ParseStream<'_>) -> syn::Result<u32> {
    let wanted = Wanted("a number of at least 1", "= 3");
    let zero = "`max_recoveries` is at least 1, or the method would never run";
    value::positive(name, input, wanted, zero)
}

/// The number that `#[collect(take = n)]` gives.
pub(crate) fn parse_take(tokens: TokenStream, span: Span, errors: &mut Errors) -> Option<u32> {
    let mut take = None;
    each(tokens, "`#[collect]`", &["take"], errors, |name, input| {
        let wanted = Wanted("a number of at least 1", "= 2");
        take = Some(value::positive(
            name,
            input,
            wanted,
            "`take` is at least 1",
        )?);
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

/// The span of an attribute's path.
pub(crate) fn span_of(attribute: &syn::Attribute) -> Span {
    attribute.path().span()
}
