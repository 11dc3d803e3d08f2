//! Every rule of the graph as a constant expression on the token that it is about.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, Expr};

use super::{
    Expansion, joins,
    leaf::{Kind, Leaf},
};
use crate::{
    read::Step,
    signature::Parameter,
    tokens::{call_at, plain_name},
};

impl Expansion<'_> {
    /// Every rule of the graph as a constant expression on the token that it is about.
    pub(super) fn checks(&self) -> Vec<TokenStream> {
        let report = self.report();
        let name = self.name();
        let whole = self.check(&self.block.self_ty, "workflow", &quote!(#report, #name));
        let mut checks = vec![whole];
        for step in &self.workflow.steps {
            let cfgs = &step.cfgs;
            let (taken, given) = (self.check_taken(step), self.check_given(step));
            // These hold of the types themselves, whatever the table says.
            let output = self.check_output(step).into_iter();
            checks.push(under(cfgs, &quote!(#(#taken;)*)));
            checks.push(under(cfgs, &quote!(#(#output;)* #(#given;)*)));
            let endpoints = self.check_own_endpoints(step).into_iter();
            checks.extend(endpoints.map(|rule| under(cfgs, &quote!(#rule;))));
        }
        checks
    }

    /// The rules of a step and of what it takes.
    fn check_taken(&self, step: &Step) -> Vec<TokenStream> {
        let (report, ordinal) = (self.report(), step.ordinal);
        let mut rules = Vec::new();
        if let Some(workers) = &step.workers {
            rules.extend(self.check_workers(step, workers));
        }
        rules.push(self.check(&step.name, "step", &quote!(#report, #ordinal)));
        for parameter in &step.parameters {
            self.check_parameter(step, parameter, &mut rules);
        }
        rules
    }

    /// What a literal holds, its author has been told already.
    fn check_workers(&self, step: &Step, workers: &Expr) -> Option<TokenStream> {
        let (report, ordinal) = (self.report(), step.ordinal);
        let is_literal = matches!(workers, Expr::Lit(_));
        (!is_literal).then(|| self.check(workers, "workers", &quote!(#report, #ordinal)))
    }

    /// The rules of what a step gives.
    fn check_given(&self, step: &Step) -> Vec<TokenStream> {
        let mut rules = Vec::new();
        for set in self.sets(step) {
            for leaf in self.leaves(step, set, Kind::Set) {
                self.check_leaf(step, &leaf, "output", &mut rules);
            }
        }
        for leaf in self.leaves(step, &step.output, Kind::Output) {
            self.check_leaf(step, &leaf, "output", &mut rules);
        }
        rules
    }

    fn check_parameter(&self, step: &Step, parameter: &Parameter, rules: &mut Vec<TokenStream>) {
        let (report, ordinal) = (self.report(), step.ordinal);
        match parameter {
            Parameter::Context { .. }
            | Parameter::Emitter { .. }
            | Parameter::Failed { .. }
            | Parameter::Resource(_) => {}
            Parameter::Waiter { set } => {
                for leaf in self.leaves(step, set, Kind::Set) {
                    self.check_leaf(step, &leaf, "awaited", rules);
                }
            }
            Parameter::Event { ty } => {
                for leaf in self.leaves(step, ty, Kind::Set) {
                    self.check_leaf(step, &leaf, "input", rules);
                }
                if joins(step) {
                    let members = self.members(ty);
                    rules.push(self.check(ty, "slot", &quote!(#report, #ordinal, #members)));
                }
            }
            Parameter::Collect { ty, element, .. } => {
                for leaf in self.leaves(step, element, Kind::Set) {
                    self.check_leaf(step, &leaf, "input", rules);
                }
                let members = self.members(element);
                let arguments = quote!(#report, #ordinal, #members);
                rules.push(self.check(ty, "collected", &arguments));
            }
        }
    }

    /// The rules of one event or union that a step takes (`input`) or emits (`output`).
    fn check_leaf(&self, step: &Step, leaf: &Leaf<'_>, rule: &str, rules: &mut Vec<TokenStream>) {
        let (report, ordinal) = (self.report(), step.ordinal);
        let ty = leaf.ty;
        let members = match leaf.kind {
            Kind::Endpoint => self.members(ty),
            Kind::Set => quote!(<#ty as __private::EventSet>::MEMBERS),
            Kind::Output => quote!(<#ty as __private::StepOutput>::EMITS),
            Kind::Error => {
                rules.push(quote!(let () = <#ty as __private::IntoBoxError>::IS));
                return;
            }
        };
        let events = match (rule, leaf.kind) {
            ("output", Kind::Endpoint | Kind::Set) => quote!(__private::Emits::One(#members)),
            _ => members,
        };
        let rule = self.check(ty, rule, &quote!(#report, #ordinal, #events));
        // In one constant: each is a body for the compiler.
        let endpoints = (leaf.kind != Kind::Endpoint).then(|| self.check_endpoints(step, leaf));
        let endpoints = endpoints.flatten();
        rules.push(quote!(#rule; #endpoints));
    }

    /// A type whose parts are all right may still be none that a step can return.
    fn check_output(&self, step: &Step) -> Option<TokenStream> {
        let leaves = self.leaves(step, &step.output, Kind::Output);
        if matches!(leaves.as_slice(), [leaf] if std::ptr::eq(leaf.ty, &raw const step.output)) {
            return None;
        }
        let (output, name) = (&step.output, plain_name(&step.name));
        let parts = leaves.iter().map(Leaf::is_right);
        let fits = quote!(!(true #(&& #parts)*) || __private::probe::Probe::<#output>::IS_OUTPUT);
        Some(self.check(output, "returned", &quote!(#name, #fits)))
    }

    pub(super) fn check(
        &self,
        place: &impl ToTokens,
        rule: &str,
        arguments: &TokenStream,
    ) -> TokenStream {
        let rule = format_ident!("{rule}");
        call_at(place, quote!(__private::check::#rule), arguments.clone())
    }
}

/// Rules that hold under a step's conditions.
fn under(cfgs: &[Attribute], rules: &TokenStream) -> TokenStream {
    if cfgs.is_empty() {
        quote!({ #rules })
    } else {
        quote!({ #(#cfgs)* { #rules } })
    }
}
