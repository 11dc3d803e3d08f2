//! Writes the tokens: the author's block, the unions that its signatures declare, the table of steps, the checks, and
//! the `Workflow` impl that calls the steps.
//!
//! As little code as possible: a constant table and calls into `__private`. Each token, each constant and each call
//! costs the author's build, so the tokens name `__private` by itself, inside a block that has it in scope.

mod call;
mod checks;
mod declaration;
mod endpoints;
mod leaf;
mod table;
mod types;

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{ItemImpl, LitStr, Type};

use self::{declaration::declaration, endpoints::Endpoints};
use crate::{
    read::{Step, Workflow},
    signature::{Parameter, generic_names},
    tokens::{self, mentions, plain_name},
};

/// The block and its unions with a `Workflow` impl that has no steps: for a block with errors, so that nothing else
/// breaks.
pub(crate) fn block_alone(block: &ItemImpl, workflow: &Workflow) -> TokenStream {
    let private = tokens::Private::of(workflow.options.root.as_ref());
    let unions = workflow
        .unions
        .iter()
        .map(|union| declaration(union, &private));
    if block.trait_.is_some() {
        return quote!(#block #(#unions)*);
    }
    let expansion = Expansion {
        endpoints: Endpoints::of(workflow),
        block,
        workflow,
        depends_on_generics: false,
    };
    let types = expansion.associated_types();
    let (impl_generics, _, where_clause) = block.generics.split_for_impl();
    let self_type = &block.self_ty;
    let workflow_impl = private.around(&quote! {
            #[automatically_derived]
            impl #impl_generics __private::Workflow for #self_type #where_clause {
            #types
            const GRAPH: __private::Graph =
                __private::Graph::new("", "", 0, &[], &const { __private::Bindings::of(&[], &__private::Report::of(&[])) });
            fn call<'__run>(
                &'__run self,
                _: ::core::primitive::u16,
                call: __private::Call<'_>,
            ) -> ::core::result::Result<__private::StepFuture<'__run>, __private::BoxError> {
                ::core::result::Result::Err(call.unknown())
            }
            }
    });
    quote!(#block #(#unions)* #workflow_impl)
}

pub(crate) fn workflow(block: &ItemImpl, workflow: &Workflow) -> TokenStream {
    let private = tokens::Private::of(workflow.options.root.as_ref());
    let depends_on_generics = depends_on_generics(block, workflow);
    let expansion = Expansion {
        endpoints: Endpoints::of(workflow),
        block,
        workflow,
        depends_on_generics,
    };
    let unions = workflow
        .unions
        .iter()
        .map(|union| declaration(union, &private));
    let wiring = expansion.wiring();
    let workflow_impl = expansion.workflow_impl();
    let expansion = private.around(&quote! {
        #[allow(unused_imports, reason = "found only where a type is not what it should be")]
        use __private::probe::Otherwise as _;
        #wiring
        #workflow_impl
    });
    quote!(#block #(#unions)* #expansion)
}

/// Whether an event type mentions a parameter of the impl block, so that it is known only when that is made concrete.
fn depends_on_generics(block: &ItemImpl, workflow: &Workflow) -> bool {
    let names = generic_names(&block.generics);
    let is_generic = !block.generics.params.is_empty();
    let depends = |ty: &Type| mentions(ty.to_token_stream(), &names);
    workflow.steps.iter().any(|step| {
        let parameters = step.parameters.iter().any(|parameter| match parameter {
            Parameter::Event { ty }
            | Parameter::Emitter { set: ty }
            | Parameter::Waiter { set: ty }
            | Parameter::Collect { element: ty, .. } => depends(ty),
            Parameter::Context { .. } | Parameter::Failed { .. } | Parameter::Resource(_) => false,
        });
        let workers = step.workers.as_ref().filter(|_| is_generic);
        let workers = workers.is_some_and(|workers| mentions(workers.to_token_stream(), &names));
        parameters || workers || depends(&step.output)
    })
}

struct Expansion<'a> {
    endpoints: Option<Endpoints<'a>>,
    block: &'a ItemImpl,
    workflow: &'a Workflow,
    depends_on_generics: bool,
}

impl Expansion<'_> {
    fn name(&self) -> LitStr {
        let of_type = || {
            let segment = tokens::last_segment(&self.block.self_ty);
            segment.map_or_else(
                || compact(&self.block.self_ty),
                |segment| plain_name(&segment.ident),
            )
        };
        self.workflow
            .options
            .name
            .clone()
            .unwrap_or_else(|| LitStr::new(&of_type(), Span::call_site()))
    }

    fn workflow_impl(&self) -> TokenStream {
        let (impl_generics, _, where_clause) = self.block.generics.split_for_impl();
        let self_type = &self.block.self_ty;
        let types = self.associated_types();
        let (name, doc) = (self.name(), &self.workflow.doc);
        let version = match &self.workflow.options.version {
            Some(version) => version.to_token_stream(),
            None => quote!(1),
        };
        let steps = self.steps();
        let bindings = if self.depends_on_generics {
            quote!(<Self as __private::Wiring>::BINDINGS)
        } else {
            quote!(__BINDINGS)
        };
        let checked = self.depends_on_generics.then(|| {
            tokens::at(
                self_type,
                quote!(let () = <Self as __private::Wiring>::CHECKED;),
            )
        });
        let arms = self.workflow.steps.iter().map(|step| self.call(step));
        let states = self.states();
        quote! {
            #states
            #[automatically_derived]
            impl #impl_generics __private::Workflow for #self_type #where_clause {
                #types
                const GRAPH: __private::Graph = {
                    #checked
                    __private::Graph::new(#name, #doc, #version, #steps, #bindings)
                };
                fn call<'__run>(
                    &'__run self,
                    __ordinal: ::core::primitive::u16,
                    mut __call: __private::Call<'_>,
                ) -> ::core::result::Result<__private::StepFuture<'__run>, __private::BoxError> {
                    match __ordinal {
                        #(#arms)*
                        _ => ::core::result::Result::Err(__call.unknown()),
                    }
                }
            }
        }
    }
}

fn joins(step: &Step) -> bool {
    let is_event = |parameter: &&Parameter| matches!(parameter, Parameter::Event { .. });
    step.parameters.iter().filter(is_event).count() > 1
}

/// An `Option<Duration>`.
fn duration(duration: Option<Duration>) -> TokenStream {
    match duration.map(|duration| duration.as_millis() as u64) {
        Some(millis) => {
            quote!(::core::option::Option::Some(::core::time::Duration::from_millis(#millis)))
        }
        None => quote!(::core::option::Option::None),
    }
}

/// Tokens as an author writes them.
pub(crate) fn compact(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    text.replace(" < ", "<")
        .replace(" > ", ">")
        .replace(" >", ">")
        .replace(" :: ", "::")
        .replace(" , ", ", ")
        .replace("& ", "&")
}
