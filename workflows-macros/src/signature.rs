//! The signature of a step: what its parameters and its return type mean.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{
    Attribute, FnArg, Generics, Ident, PatType, ReturnType, Signature, Type, Visibility,
    parse_quote,
    visit_mut::{self, VisitMut},
};

use crate::{
    errors::Errors,
    options::{parse_take, span_of},
    resource::{self, Resource},
    tokens,
    union::{self, OneOf, Variant},
};

/// What one parameter of a step is.
pub(crate) enum Parameter {
    Context {
        ty: Type,
        state: Option<Type>,
    },
    Emitter {
        set: Type,
    },
    Waiter {
        set: Type,
    },
    /// What a `#[catch_error]` method takes.
    Failed {
        ty: Type,
    },
    Resource(Resource),
    Event {
        ty: Type,
    },
    Collect {
        ty: Type,
        element: Type,
        take: Option<u32>,
    },
}

impl DeclaredUnion {
    /// Whether a type of a step with these conditions is this union.
    pub(crate) fn is(&self, ty: &Type, cfgs: &[Attribute]) -> bool {
        let name = tokens::last_segment(ty).map(|segment| &segment.ident);
        name == Some(&self.name) && self.cfgs == cfgs
    }
}

impl Parameter {
    /// The events that it names.
    pub(crate) const fn set(&self) -> Option<&Type> {
        match self {
            Self::Context { .. } | Self::Failed { .. } | Self::Resource(_) => None,
            Self::Emitter { set: ty }
            | Self::Waiter { set: ty }
            | Self::Event { ty }
            | Self::Collect { element: ty, .. } => Some(ty),
        }
    }
}

/// An enum that a signature declares.
pub(crate) struct DeclaredUnion {
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    /// `<Step>Output` and the like, where the author gave no name: what the step's own body may call it. Beside the
    /// block it bears the workflow's name too, so that steps of one name in two workflows do not clash.
    pub(crate) short: Option<Ident>,
    pub(crate) generics: Generics,
    pub(crate) variants: Vec<Variant>,
    pub(crate) doc: String,
    /// Those of its step.
    pub(crate) cfgs: Vec<Attribute>,
}

/// Replaces each `OneOf![…]` in a type by the enum that it declares.
pub(crate) struct UnionDeclarer<'a> {
    pub(crate) workflow: &'a str,
    pub(crate) step: &'a Ident,
    pub(crate) cfgs: &'a [Attribute],
    pub(crate) visibility: &'a Visibility,
    pub(crate) generics: &'a Generics,
    pub(crate) errors: &'a mut Errors,
    pub(crate) declared: &'a mut Vec<DeclaredUnion>,
    /// `Input`, `Output`, `Emits` or `Awaits`.
    pub(crate) role: &'static str,
    /// Whether the signature is that of a step: no other may declare a union.
    pub(crate) is_step: bool,
    /// Set where a union does not parse.
    pub(crate) unreadable: &'a mut bool,
}

impl UnionDeclarer<'_> {
    /// Rewrites the types of a signature.
    pub(crate) fn rewrite(&mut self, signature: &mut Signature) {
        for input in &mut signature.inputs {
            if let FnArg::Typed(parameter) = input {
                self.role = if tokens::is_named(&parameter.ty, "Emitter") {
                    "Emits"
                } else if tokens::is_named(&parameter.ty, "Waiter") {
                    "Awaits"
                } else {
                    "Input"
                };
                self.visit_type_mut(&mut parameter.ty);
            }
        }
        if let ReturnType::Type(_, ty) = &mut signature.output {
            self.role = "Output";
            self.visit_type_mut(ty);
        }
    }

    fn declare(&mut self, one_of: OneOf, place: &Type) -> Type {
        let OneOf {
            name,
            members,
            comma,
        } = one_of;
        if let Some(comma) = comma {
            let message = "the events of `OneOf![A | B]` are separated by `|`";
            self.errors.at(&comma, message);
        }
        if !self.is_step {
            let message = "`OneOf![A | B]` stands in the signature of a `#[step]`: for other methods write an enum with `#[derive(EventUnion)]`";
            self.errors.at(place, message);
        }
        let (name, short) = self.names(name, place);
        let variants = union::variants(&members, self.errors);
        let generics = self.used_generics(&members);
        let (_, arguments, _) = generics.split_for_impl();
        let ty = parse_quote!(#name #arguments);
        let role = self.role.to_lowercase();
        let doc = format!(
            "What step `{}` declares as its {role}: one of these events.",
            self.step
        );
        self.declared.push(DeclaredUnion {
            visibility: self.visibility.clone(),
            name,
            short,
            generics,
            variants,
            doc,
            cfgs: self.cfgs.to_vec(),
        });
        ty
    }

    /// What the union is called beside the block, and what the body of its step may call it.
    fn names(&mut self, given: Option<Ident>, place: &Type) -> (Ident, Option<Ident>) {
        let span = tokens::ends(place.to_token_stream()).0;
        let short = tokens::pascal_case(self.step) + self.role;
        let (mut name, mut short) = match given {
            Some(name) => (name, None),
            None => (
                Ident::new(&format!("{}{short}", self.workflow), span),
                Some(Ident::new(&short, span)),
            ),
        };
        // Steps of one name under different conditions do not meet.
        let meets = |union: &DeclaredUnion| {
            union.cfgs.is_empty() || self.cfgs.is_empty() || union.cfgs == self.cfgs
        };
        let mut declared = self.declared.iter();
        if declared.any(|union| union.name == name && meets(union)) {
            let taken = short.as_ref().unwrap_or(&name);
            let message = format!(
                "a second union would be called `{taken}`: give this one a name of its own, as in `OneOf![Name = A | B]`"
            );
            self.errors.at(place, message);
            // Another name, so that nothing else breaks.
            name = format_ident!("{name}{}", self.declared.len());
            short = None;
        }
        (name, short)
    }

    /// The generics of the impl block that the members name, with what is known of them.
    fn used_generics(&self, members: &[Type]) -> Generics {
        let mut generics = self.generics.clone();
        let tokens: TokenStream = members.iter().map(ToTokens::to_token_stream).collect();
        let (used, unused): (Vec<_>, Vec<_>) = generics
            .params
            .into_iter()
            .partition(|parameter| tokens::mentions(tokens.clone(), &[name_of(parameter)]));
        let unused: Vec<Ident> = unused.iter().map(name_of).collect();
        generics.params = used.into_iter().collect();
        if let Some(clause) = &mut generics.where_clause {
            let kept = clause
                .predicates
                .iter()
                .filter(|predicate| !tokens::mentions(predicate.to_token_stream(), &unused));
            clause.predicates = kept.cloned().collect();
        }
        if generics.params.is_empty() {
            generics = Generics::default();
        }
        generics
    }
}

pub(crate) fn name_of(parameter: &syn::GenericParam) -> Ident {
    match parameter {
        syn::GenericParam::Type(parameter) => parameter.ident.clone(),
        syn::GenericParam::Const(parameter) => parameter.ident.clone(),
        syn::GenericParam::Lifetime(parameter) => parameter.lifetime.ident.clone(),
    }
}

/// The names of the generic parameters of an impl block, and `Self`.
pub(crate) fn generic_names(generics: &Generics) -> Vec<Ident> {
    let names = generics.params.iter().map(name_of);
    names.chain([format_ident!("Self")]).collect()
}

impl VisitMut for UnionDeclarer<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        let Type::Macro(node) = ty else {
            return visit_mut::visit_type_mut(self, ty);
        };
        if node
            .mac
            .path
            .segments
            .last()
            .is_none_or(|segment| segment.ident != "OneOf")
        {
            return;
        }
        let one_of = if node.mac.tokens.is_empty() {
            let message = "a union has members, as in `OneOf![Draft | Stop<Review>]`";
            Err(syn::Error::new_spanned(&*node, message))
        } else {
            node.mac.parse_body::<OneOf>()
        };
        match one_of {
            Ok(one_of) => {
                let place = ty.clone();
                *ty = self.declare(one_of, &place);
            }
            Err(error) => {
                *self.unreadable = true;
                self.errors.push(error);
                *ty = parse_quote!(());
            }
        }
    }
}

/// What the parameters after `self` mean; `#[collect]` and `#[resource]` are taken off them.
pub(crate) fn parameters(signature: &mut Signature, errors: &mut Errors) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for input in &mut signature.inputs {
        if let FnArg::Typed(parameter) = input {
            parameters.push(read_parameter(parameter, errors));
        }
    }
    parameters
}

fn read_parameter(parameter: &mut PatType, errors: &mut Errors) -> Parameter {
    let take = take_of(parameter, errors);
    let resource = resource::take(parameter, errors);
    let ty = (*parameter.ty).clone();
    if let Type::Reference(reference) = tokens::peel(&ty) {
        let owned = reference
            .elem
            .to_token_stream()
            .to_string()
            .replace(' ', "");
        let owned = match resource {
            Some(_) => format!("Arc<{owned}>"),
            None => owned,
        };
        errors.at(
            &ty,
            format!("a step takes its parameters by value: write `{owned}`"),
        );
    }
    if let Some(resource) = resource {
        if let Some((_, attribute)) = take {
            errors.at(&attribute, "a resource is not collected");
        }
        return Parameter::Resource(resource);
    }
    if tokens::names_no_type(&ty) {
        let message = "a step names the events that it takes: `impl Trait` is for a type parameter of the impl block";
        errors.at(&ty, message);
    }
    if tokens::is_named(&ty, "Vec")
        && let Some(element) = tokens::argument(&ty)
    {
        return Parameter::Collect {
            element: element.clone(),
            take: take.map(|(take, _)| take),
            ty,
        };
    }
    if let Some((_, attribute)) = take {
        errors.at(&attribute, "`#[collect]` belongs on a `Vec` parameter");
    }
    if tokens::is_named(&ty, "Context") {
        return Parameter::Context {
            state: tokens::argument(&ty).cloned(),
            ty,
        };
    }
    if tokens::is_named(&ty, "Emitter") {
        let message = "an `Emitter` says what it may emit, as in `Emitter<Draft>`";
        let set = argument_or(&ty, message, errors);
        return Parameter::Emitter { set };
    }
    if tokens::is_named(&ty, "Waiter") {
        let message = "a `Waiter` says what it waits for, as in `Waiter<Approval>`";
        let set = argument_or(&ty, message, errors);
        return Parameter::Waiter { set };
    }
    if tokens::is_named(&ty, "StepFailed") {
        return Parameter::Failed { ty };
    }
    Parameter::Event { ty }
}

/// The `E` of `Name<E>`.
fn argument_or(ty: &Type, message: &str, errors: &mut Errors) -> Type {
    tokens::argument(ty).cloned().unwrap_or_else(|| {
        errors.at(ty, message);
        parse_quote!(())
    })
}

/// The option of `#[collect(take = n)]`, taken off the parameter.
fn take_of(parameter: &mut PatType, errors: &mut Errors) -> Option<(u32, Attribute)> {
    let place = parameter
        .attrs
        .iter()
        .position(|attribute| attribute.path().is_ident("collect"))?;
    let attribute = parameter.attrs.remove(place);
    let options = match &attribute.meta {
        syn::Meta::List(list) => list.tokens.clone(),
        _ => quote!(),
    };
    let take = parse_take(options, span_of(&attribute), errors)?;
    Some((take, attribute))
}
