//! The table of steps and its analysis.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Expr, Type};

use super::{Expansion, duration};
use crate::{
    options::{Allow, Mode},
    read::Step,
    signature::Parameter,
    tokens::{self, plain_name},
};

impl Expansion<'_> {
    /// The table of steps, its analysis, and the checks.
    pub(super) fn wiring(&self) -> TokenStream {
        let table = self.workflow.steps.iter().map(|step| self.spec(step));
        let checks = self.checks();
        let is_readable = self.is_readable();
        if !self.depends_on_generics {
            return quote! {
                const __STEPS: &[__private::StepSpec] = &[#(#table),*];
                const __REPORT: &__private::Report = &__private::Report::silent_unless(#is_readable, __STEPS);
                const __BINDINGS: &__private::Bindings = &__private::Bindings::of(__STEPS, __REPORT);
                #(const _: () = #checks;)*
            };
        }
        let (impl_generics, _, where_clause) = self.block.generics.split_for_impl();
        let self_type = &self.block.self_ty;
        quote! {
            #[automatically_derived]
            impl #impl_generics __private::Wiring for #self_type #where_clause {
                const STEPS: &'static [__private::StepSpec] = &[#(#table),*];
                const REPORT: &'static __private::Report =
                    &__private::Report::silent_unless(#is_readable, <Self as __private::Wiring>::STEPS);
                const BINDINGS: &'static __private::Bindings =
                    &__private::Bindings::of(<Self as __private::Wiring>::STEPS, <Self as __private::Wiring>::REPORT);
                const CHECKED: () = { #(#checks;)* };
            }
        }
    }

    pub(super) fn steps(&self) -> TokenStream {
        if self.depends_on_generics {
            quote!(<Self as __private::Wiring>::STEPS)
        } else {
            quote!(__STEPS)
        }
    }

    pub(super) fn report(&self) -> TokenStream {
        if self.depends_on_generics {
            quote!(<Self as __private::Wiring>::REPORT)
        } else {
            quote!(__REPORT)
        }
    }

    fn spec(&self, step: &Step) -> TokenStream {
        let Step {
            ordinal,
            cfgs,
            doc,
            workers,
            ..
        } = step;
        let name = plain_name(&step.name);
        let trigger = self.trigger(step);
        let emits = self.emits(step);
        let mode = match step.mode {
            Mode::Inline => None,
            Mode::Spawn => Some(quote!(mode: __private::ExecutionMode::Spawn,)),
            Mode::Blocking => Some(quote!(mode: __private::ExecutionMode::Blocking,)),
        };
        let workers = workers.as_ref().map(|workers| self.workers(workers));
        let workers = workers.map(|workers| quote!(workers: #workers,));
        let retry = step.retry.as_ref().map(|policy| {
            quote!(retry: ::core::option::Option::Some(|| -> __private::Retry { #policy }),)
        });
        let timeout = step.timeout.map(|timeout| duration(Some(timeout)));
        let timeout = timeout.map(|timeout| quote!(timeout: #timeout,));
        let (awaits, allow) = (self.awaits(step), self.allow(step.allow));
        let resources = resources(step);
        let options = quote!(#awaits #resources #workers #mode #retry #timeout #allow);
        let spec = quote!(__private::StepSpec::new(#ordinal, #name, #doc, #trigger, #emits));
        if options.is_empty() {
            return quote!(#(#cfgs)* #spec);
        }
        quote!(#(#cfgs)* __private::StepSpec { #options ..#spec })
    }

    /// The table of a block without generics stands outside of it: `Self` has another name there.
    fn workers(&self, workers: &Expr) -> TokenStream {
        if self.depends_on_generics {
            workers.to_token_stream()
        } else {
            tokens::without_self(workers.to_token_stream(), &self.block.self_ty)
        }
    }

    fn allow(&self, allow: Allow) -> Option<TokenStream> {
        let Allow {
            unreachable,
            dead_end,
            unconsumed,
            unproduced,
        } = allow;
        (allow != Allow::default()).then(|| {
            quote! {
                allow: __private::Allow {
                    unreachable: #unreachable,
                    dead_end: #dead_end,
                    unconsumed: #unconsumed,
                    unproduced: #unproduced,
                },
            }
        })
    }

    fn trigger(&self, step: &Step) -> TokenStream {
        if let Some(catch) = &step.catch {
            return catch.trigger(&quote!(__private::Trigger));
        }
        let mut events = Vec::new();
        for parameter in &step.parameters {
            match parameter {
                Parameter::Event { ty } => events.push(self.members(ty)),
                Parameter::Collect { element, take, .. } => {
                    let events = self.members(element);
                    let take = match take {
                        Some(take) => quote!(::core::option::Option::Some(#take)),
                        None => quote!(::core::option::Option::None),
                    };
                    return quote!(__private::Trigger::Collect { events: #events, take: #take });
                }
                Parameter::Context { .. }
                | Parameter::Emitter { .. }
                | Parameter::Waiter { .. }
                | Parameter::Failed { .. }
                | Parameter::Resource(_) => {}
            }
        }
        match events.as_slice() {
            [single] => quote!(__private::Trigger::Each(#single)),
            slots => quote!(__private::Trigger::Join(&[#(#slots),*])),
        }
    }

    fn awaits(&self, step: &Step) -> Option<TokenStream> {
        let waiters = step
            .parameters
            .iter()
            .filter_map(|parameter| match parameter {
                Parameter::Waiter { set } => Some(self.members(set)),
                _ => None,
            });
        let awaits: Vec<_> = waiters.collect();
        (!awaits.is_empty()).then(|| quote!(awaits: &[#(#awaits),*],))
    }

    fn emits(&self, step: &Step) -> TokenStream {
        let output = &step.output;
        let returned = quote!(__private::probe::Probe::<#output>::EMITS);
        let sent = self.sets(step).map(|set| {
            let members = self.members(set);
            quote!(__private::Emits::One(#members))
        });
        let sent: Vec<_> = sent.collect();
        if sent.is_empty() {
            returned
        } else {
            quote!(__private::Emits::All(&[#(#sent,)* #returned]))
        }
    }

    /// The sets that the step's emitters declare.
    pub(super) fn sets<'s>(&self, step: &'s Step) -> impl Iterator<Item = &'s Type> + use<'s> {
        step.parameters
            .iter()
            .filter_map(|parameter| match parameter {
                Parameter::Emitter { set } => Some(set),
                _ => None,
            })
    }

    pub(super) fn members(&self, ty: &Type) -> TokenStream {
        quote!(__private::probe::Probe::<#ty>::MEMBERS)
    }
}

fn resources(step: &Step) -> Option<TokenStream> {
    let resources = step.resources().map(|(_, resource)| resource.spec());
    let resources: Vec<_> = resources.collect();
    (!resources.is_empty()).then(|| quote!(resources: &[#(#resources),*],))
}
