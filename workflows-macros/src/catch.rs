//! `#[catch_error]`: methods that handle the failures of steps.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Signature, parse::ParseStream};

use crate::{
    errors::Errors,
    near::nearest,
    read::Step,
    signature::Parameter,
    tokens::plain_name,
    value::{self, Wanted},
};

/// Whose failures a method handles, and how often in one lineage.
#[derive(Clone)]
pub(crate) struct Catch {
    /// Empty for all steps that no other handler names.
    pub(crate) steps: Vec<Ident>,
    pub(crate) max_recoveries: u32,
}

impl Default for Catch {
    fn default() -> Self {
        Self {
            steps: Vec::new(),
            max_recoveries: 1,
        }
    }
}

impl Catch {
    pub(crate) fn parse_steps(option: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
        let wanted = Wanted("names of steps in parentheses", "(write, review)");
        let steps = value::names(option, input, wanted)?;
        if steps.is_empty() {
            let message =
                "`steps(…)` names at least one step; without it the method handles all of them";
            return Err(syn::Error::new(option.span(), message));
        }
        Ok(steps)
    }

    /// The trigger of the step, from a path to `Trigger`.
    pub(crate) fn trigger(&self, trigger: &TokenStream) -> TokenStream {
        let (steps, max_recoveries) = (self.steps.iter().map(plain_name), self.max_recoveries);
        quote!(#trigger::Failure { of: &[#(#steps),*], max_recoveries: #max_recoveries })
    }
}

/// Checks that handlers name steps that there are, and that no step has two of them.
pub(crate) fn check(steps: &[Step], errors: &mut Errors) {
    let mut named: Vec<&Ident> = Vec::new();
    let mut has_general = false;
    for (handler, catch) in steps
        .iter()
        .filter_map(|step| Some((step, step.catch.as_ref()?)))
    {
        if catch.steps.is_empty() && std::mem::replace(&mut has_general, true) {
            let message = "a second method handles the failures of all steps: name those of one of them, as in \
                           `#[catch_error(steps(write))]`";
            errors.at(&handler.name, message);
        }
        for name in &catch.steps {
            check_name(name, steps, errors);
            if named.contains(&name) {
                let message = format!("the failures of step `{name}` have a handler already");
                errors.at(name, message);
            }
            named.push(name);
        }
    }
}

fn check_name(name: &Ident, steps: &[Step], errors: &mut Errors) {
    match steps.iter().find(|step| step.name == *name) {
        Some(step) if step.catch.is_some() => {
            let message = format!(
                "`{name}` handles failures itself, and the failure of a handler ends the run"
            );
            errors.at(name, message);
        }
        Some(_) => {}
        None => {
            let others = steps.iter().filter(|step| step.catch.is_none());
            let others: Vec<_> = others.map(|step| plain_name(&step.name)).collect();
            let names: Vec<_> = others.iter().map(String::as_str).collect();
            let meant = nearest(&plain_name(name), &names);
            let meant = meant.map(|step| format!(", did you mean `{step}`?"));
            let steps: Vec<_> = names.iter().map(|step| format!("`{step}`")).collect();
            let message = format!(
                "there is no step `{name}`{} the steps are {}",
                meant.as_deref().unwrap_or(":"),
                steps.join(", ")
            );
            errors.at(name, message);
        }
    }
}

/// Checks that a handler takes what it handles, and no event.
pub(crate) fn check_parameters(
    signature: &Signature,
    parameters: &[Parameter],
    errors: &mut Errors,
) {
    let name = &signature.ident;
    let mut failed = 0;
    for parameter in parameters {
        match parameter {
            Parameter::Failed { ty } => {
                failed += 1;
                if failed > 1 {
                    errors.at(ty, format!("`{name}` takes its `StepFailed` twice"));
                }
            }
            Parameter::Event { ty } | Parameter::Collect { ty, .. } => {
                let message = format!(
                    "`{name}` is marked `#[catch_error]`: it takes a `StepFailed` and no event"
                );
                errors.at(ty, message);
                return;
            }
            Parameter::Context { .. }
            | Parameter::Emitter { .. }
            | Parameter::Waiter { .. }
            | Parameter::Resource(_) => {}
        }
    }
    if failed == 0 {
        let message = format!(
            "`{name}` is marked `#[catch_error]`: give it a parameter `failed: StepFailed`"
        );
        errors.at(name, message);
    }
}

/// `#[catch_error]` by itself.
pub(crate) fn attribute(options: TokenStream, item: TokenStream) -> TokenStream {
    crate::step::marked("catch_error", options, item)
}
