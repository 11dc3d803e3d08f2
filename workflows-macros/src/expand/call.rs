//! The arms that call the steps.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Type};

use super::{Expansion, joins};
use crate::{options::Mode, read::Step, signature::Parameter, tokens::call_at};

impl Expansion<'_> {
    /// The arm that calls one step.
    pub(super) fn call(&self, step: &Step) -> TokenStream {
        if let (Mode::Inline | Mode::Spawn, [Parameter::Event { ty }]) =
            (step.mode, step.parameters.as_slice())
        {
            return self.call_with_event(step, ty);
        }
        let Step {
            ordinal,
            name,
            cfgs,
            output,
            ..
        } = step;
        let names: Vec<Ident> = (0..step.parameters.len())
            .map(|i| format_ident!("__parameter_{i}"))
            .collect();
        let joins = joins(step);
        let values = step
            .parameters
            .iter()
            .map(|parameter| self.value(parameter, joins));
        let sends = self.sets(step).next().is_some();
        let sent = sends.then(|| quote!(let __sent = __call.open();));
        // Not `self` itself: where the name comes out of a `macro_rules!`, that would be another `self`.
        let this = Ident::new("__this", name.span());
        let invocation = quote_spanned!(name.span()=> #this.#name(#(#names),*));
        let invocation = match step.mode {
            Mode::Inline | Mode::Spawn => invocation,
            Mode::Blocking => quote!(async move { #invocation }),
        };
        let emit = quote!(__private::probe::Probe::<#output>::emit);
        let invoke = if sends {
            call_at(
                name,
                quote!(__private::invoke_sending),
                quote!(#invocation, #emit, __sent),
            )
        } else {
            call_at(name, quote!(__private::invoke), quote!(#invocation, #emit))
        };
        let invoke = with_resources(step, &names, invoke);
        quote! {
            #(#cfgs)*
            #ordinal => {
                let #this = self;
                #sent
                #(let #names = #values;)*
                ::core::result::Result::Ok(#invoke)
            }
        }
    }

    /// The arm that calls a step which takes one event and nothing else: no local variables, little for the compiler.
    fn call_with_event(&self, step: &Step, event: &Type) -> TokenStream {
        let Step {
            ordinal,
            name,
            cfgs,
            output,
            ..
        } = step;
        let invoke = call_at(
            name,
            quote!(__private::invoke_with_event),
            quote! {
                self,
                __call,
                Self::#name,
                __private::probe::Probe::<#event>::from_event,
                __private::probe::Probe::<#output>::emit
            },
        );
        quote!(#(#cfgs)* #ordinal => #invoke,)
    }

    /// The argument of a step that a parameter stands for.
    fn value(&self, parameter: &Parameter, joins: bool) -> TokenStream {
        match parameter {
            Parameter::Context {
                state: Some(state), ..
            } => quote!(__call.context::<#state>()),
            Parameter::Context { state: None, .. } => {
                quote!(__call.context::<__private::DictState>())
            }
            Parameter::Emitter { set } => quote!(__call.emitter::<#set>()),
            Parameter::Waiter { set } => quote!(__call.waiter::<#set>()),
            Parameter::Failed { .. } => quote!(__call.caught()?),
            Parameter::Resource(resource) => resource.value(),
            Parameter::Event { ty } if joins => {
                quote!(__call.slot(__private::probe::Probe::<#ty>::from_event)?)
            }
            Parameter::Event { ty } => {
                quote!(__call.event(__private::probe::Probe::<#ty>::from_event)?)
            }
            Parameter::Collect { element, .. } => {
                quote!(__call.collected(__private::probe::Probe::<#element>::from_event)?)
            }
        }
    }
}

/// Awaits the resources before the step is invoked.
fn with_resources(step: &Step, names: &[Ident], invoke: TokenStream) -> TokenStream {
    let resources: Vec<_> = step.resources().map(|(place, _)| &names[place]).collect();
    if resources.is_empty() {
        return invoke;
    }
    quote! {{
        let __threshold = __call.threshold();
        __private::Box::pin(async move {
            #(let #resources = #resources.await?;)*
            __threshold.await;
            #invoke.await
        })
    }}
}
