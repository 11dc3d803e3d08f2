//! One type of `Start` and one of `Stop` in the whole workflow.

use std::{cell::RefCell, collections::HashSet};

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Ident, Type};

use super::{
    Expansion, compact,
    leaf::{Kind, Leaf},
};
use crate::{
    read::{Step, Workflow},
    signature::{Parameter, generic_names},
    tokens::{mentions, plain_name},
};

/// The `Start` and `Stop` of a workflow, as types and as their author wrote them.
pub(super) struct Endpoints<'a> {
    input: &'a Type,
    output: &'a Type,
    start: String,
    stop: String,
    /// The types of which it is asked already whether they have others.
    asked: RefCell<HashSet<String>>,
}

impl<'a> Endpoints<'a> {
    pub(super) fn of(workflow: &'a Workflow) -> Option<Self> {
        let (input, output) = (workflow.input.as_ref()?, workflow.output.as_ref()?);
        Some(Self {
            input,
            output,
            start: compact(input),
            stop: compact(output),
            asked: RefCell::default(),
        })
    }

    /// Whether a type that is a plain name has been asked about before: one mistake gives one error.
    fn is_asked(&self, step: &Step, ty: &Type) -> bool {
        let Type::Path(path) = ty else { return false };
        let Some(name) = path.path.get_ident().map(Ident::to_string) else {
            return false;
        };
        let mut asked = self.asked.borrow_mut();
        // A step that `#[cfg]` removes asks nothing.
        asked.contains(&name) || (step.cfgs.is_empty() && !asked.insert(name))
    }
}

impl Expansion<'_> {
    /// One type of `Start` and one of `Stop` in the whole workflow.
    pub(super) fn check_endpoints(&self, step: &Step, leaf: &Leaf<'_>) -> Option<TokenStream> {
        let endpoints = self.endpoints.as_ref()?;
        if leaf.kind != Kind::Endpoint
            && (endpoints.is_asked(step, leaf.ty) || self.mentions_a_generic(leaf.ty))
        {
            return None;
        }
        let (ty, name) = (leaf.ty, plain_name(&step.name));
        let Endpoints {
            input,
            output,
            start,
            stop,
            ..
        } = endpoints;
        let arguments = quote! {
            #name, __private::probe::EndpointProbe::<#ty, #input, #output>::FITS, #start, #stop
        };
        Some(self.check(ty, "endpoints", &arguments))
    }

    /// Each `Start<T>` and `Stop<T>` that the step shows.
    pub(super) fn check_own_endpoints(&self, step: &Step) -> Vec<TokenStream> {
        let sets = step.parameters.iter().filter_map(Parameter::set);
        let leaves = sets.flat_map(|ty| self.leaves(step, ty, Kind::Set));
        let leaves = leaves.chain(self.leaves(step, &step.output, Kind::Output));
        let endpoints = leaves.filter(|leaf| leaf.kind == Kind::Endpoint);
        endpoints
            .filter_map(|leaf| self.check_endpoints(step, &leaf))
            .collect()
    }

    /// What a parameter of the block stands for is an event: it has no `Start` or `Stop`.
    fn mentions_a_generic(&self, ty: &Type) -> bool {
        let names = generic_names(&self.block.generics);
        mentions(ty.to_token_stream(), &names)
    }
}
