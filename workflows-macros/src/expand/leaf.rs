//! The parts of a type that stand for themselves, and whether they are what they should be.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

use super::Expansion;
use crate::{read::Step, signature::Parameter, tokens};

/// A type of a signature that stands for itself.
pub(super) struct Leaf<'t> {
    pub(super) ty: &'t Type,
    pub(super) kind: Kind,
}

/// What a type must be at its place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `Start<T>` or `Stop<T>`: what `T` must be is said where it becomes the input or the output.
    Endpoint,
    /// An event or a union.
    Set,
    /// Whatever a step can return.
    Output,
    /// The error of a `Result`.
    Error,
}

impl Leaf<'_> {
    /// The question whether the type is what it must be.
    pub(super) fn is_right(&self) -> TokenStream {
        let answer = match self.kind {
            Kind::Endpoint | Kind::Set => quote!(IS_SET),
            Kind::Output => quote!(IS_OUTPUT),
            Kind::Error => quote!(IS_ERROR),
        };
        let ty = self.ty;
        quote!(__private::probe::Probe::<#ty>::#answer)
    }
}

impl Expansion<'_> {
    /// The parts of a type that stand for themselves: an error shall point at the one that it is about.
    pub(super) fn leaves<'t>(&'t self, step: &Step, ty: &'t Type, kind: Kind) -> Vec<Leaf<'t>> {
        if let Type::Tuple(tuple) = tokens::peel(ty)
            && !tuple.elems.is_empty()
        {
            let parts = tuple.elems.iter();
            return parts.flat_map(|ty| self.leaves(step, ty, kind)).collect();
        }
        let Some(segment) = tokens::last_segment(ty) else {
            return vec![Leaf { ty, kind }];
        };
        let arguments = tokens::arguments(segment);
        match (segment.ident.to_string().as_str(), arguments.as_slice()) {
            ("Start" | "Stop", [_]) => {
                let kind = Kind::Endpoint;
                vec![Leaf { ty, kind }]
            }
            ("Option", [inner]) | ("Result", [inner]) => self.leaves(step, inner, kind),
            ("Vec", [inner]) => self.leaves(step, inner, Kind::Set),
            ("Result", [inner, error]) => {
                let mut leaves = self.leaves(step, inner, kind);
                let kind = Kind::Error;
                leaves.push(Leaf { ty: error, kind });
                leaves
            }
            _ => {
                let mut unions = self.workflow.unions.iter();
                match unions.find(|union| union.is(ty, &step.cfgs)) {
                    Some(union) => {
                        let events = union.variants.iter().map(|variant| &variant.event);
                        events
                            .flat_map(|ty| self.leaves(step, ty, Kind::Set))
                            .collect()
                    }
                    None => vec![Leaf { ty, kind }],
                }
            }
        }
    }

    /// Whether every type is what its place asks for. Where one is not, it has an error of its own and the table says
    /// nothing about the graph.
    pub(super) fn is_readable(&self) -> TokenStream {
        let steps = self.workflow.steps.iter().map(|step| {
            let (cfgs, output) = (&step.cfgs, &step.output);
            let sets = step.parameters.iter().filter_map(Parameter::set);
            let leaves = sets.flat_map(|ty| self.leaves(step, ty, Kind::Set));
            let leaves = leaves.chain(self.leaves(step, output, Kind::Output));
            // The output itself is asked for anyway.
            let parts = leaves.filter(|leaf| !std::ptr::eq(leaf.ty, output));
            let parts = parts.map(|leaf| leaf.is_right());
            quote! {
                #(#cfgs)*
                if !(__private::probe::Probe::<#output>::IS_OUTPUT #(&& #parts)*) {
                    readable = false;
                }
            }
        });
        quote!({ let mut readable = true; #(#steps)* readable })
    }
}
