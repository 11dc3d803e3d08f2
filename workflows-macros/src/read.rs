//! Reads an impl block: finds the steps, checks what tokens can tell, and takes off what only the macros understand.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{
    Attribute, Expr, FnArg, Ident, ImplItem, ImplItemFn, ItemImpl, Meta, Receiver, ReturnType,
    Signature, Type, parse_quote,
};

use crate::{
    catch::{self, Catch},
    errors::Errors,
    options::{Allow, Mode, StepOptions, WorkflowOptions},
    resource::{self, Resource},
    signature::{self, DeclaredUnion, Parameter, UnionDeclarer},
    step, tokens,
};

/// A workflow as its author wrote it.
pub(crate) struct Workflow {
    pub(crate) options: WorkflowOptions,
    pub(crate) doc: String,
    pub(crate) steps: Vec<Step>,
    pub(crate) unions: Vec<DeclaredUnion>,
    /// The `T` of `Start<T>`.
    pub(crate) input: Option<Type>,
    /// The `T` of `Stop<T>`.
    pub(crate) output: Option<Type>,
    /// The `S` of the first `Context<S>`; `None` inside for a `Context` without a type.
    pub(crate) state: Option<Option<Type>>,
}

pub(crate) struct Step {
    pub(crate) ordinal: u16,
    pub(crate) name: Ident,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) doc: String,
    pub(crate) workers: Option<Expr>,
    pub(crate) mode: Mode,
    pub(crate) retry: Option<Expr>,
    pub(crate) timeout: Option<Duration>,
    /// For a step that handles failures: of which steps.
    pub(crate) catch: Option<Catch>,
    pub(crate) allow: Allow,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) output: Type,
}

impl Step {
    /// The parameters that are resources, with their places.
    pub(crate) fn resources(&self) -> impl Iterator<Item = (usize, &Resource)> {
        let parameters = self.parameters.iter().enumerate();
        parameters.filter_map(|(place, parameter)| match parameter {
            Parameter::Resource(resource) => Some((place, resource)),
            _ => None,
        })
    }

    fn replaces(&self, other: &Self) -> bool {
        self.name == other.name && self.cfgs.is_empty()
    }
}

/// Reads the block and rewrites it into what the compiler shall see of it.
pub(crate) fn read(
    block: &mut ItemImpl,
    options: WorkflowOptions,
    errors: &mut Errors,
) -> Workflow {
    let doc = tokens::doc(&block.attrs);
    let mut unions = Vec::new();
    let mut steps: Vec<Step> = Vec::new();
    let mut unreadable = false;
    let generics = block.generics.clone();
    let type_name = tokens::last_segment(&block.self_ty)
        .map(|segment| tokens::plain_name(&segment.ident))
        .unwrap_or_default();
    if let Some((path, _)) = &block.trait_ {
        errors.at(
            path,
            "`#[workflow]` belongs on an inherent impl block, not on the impl of a trait",
        );
    }
    for item in &mut block.items {
        let ImplItem::Fn(method) = item else { continue };
        let attribute = take_step_attribute(method, errors);
        let (visibility, name) = (method.vis.clone(), method.sig.ident.clone());
        let cfgs = tokens::cfgs(&method.attrs);
        let before = unions.len();
        let mut declarer = UnionDeclarer {
            workflow: &type_name,
            step: &name,
            cfgs: &cfgs,
            visibility: &visibility,
            generics: &generics,
            errors,
            declared: &mut unions,
            role: "Output",
            is_step: attribute.is_some(),
            unreadable: &mut unreadable,
        };
        declarer.rewrite(&mut method.sig);
        add_short_names(method, &unions[before..]);
        let Some((kind, tokens)) = attribute else {
            resource::refuse(&mut method.sig, errors);
            continue;
        };
        let step_options = match kind {
            Kind::Step => StepOptions::parse(tokens, errors),
            Kind::Handler => StepOptions::parse_handler(tokens, errors),
        };
        let step = read_step(method, steps.len(), &step_options, options.allow, errors);
        if step.cfgs.is_empty() && steps.iter().any(|other| other.replaces(&step)) {
            let message = format!("there is already a step called `{}`", step.name);
            errors.at(&step.name, message);
            // Another name, so that nothing else breaks.
            method.sig.ident = format_ident!("__{}_{}", step.name, steps.len());
        }
        steps.push(step);
    }
    catch::check(&steps, errors);
    if steps.is_empty() {
        errors.at(
            &block.self_ty,
            "a workflow has at least one method marked `#[step]`",
        );
    }
    let input = options
        .input
        .clone()
        .or_else(|| first_argument(&steps, &unions, "Start"));
    let output = options
        .output
        .clone()
        .or_else(|| first_argument(&steps, &unions, "Stop"));
    let state =
        steps
            .iter()
            .flat_map(|step| &step.parameters)
            .find_map(|parameter| match parameter {
                Parameter::Context { state, .. } => Some(state.clone()),
                _ => None,
            });
    let mut workflow = Workflow {
        options,
        doc,
        steps,
        unions,
        input,
        output,
        state,
    };
    if !unreadable {
        check_endpoints(&mut workflow, block, errors);
    }
    workflow
}

/// Lets the body of a step call its unions `<Step>Input`, `<Step>Output` and `<Step>Emits`.
fn add_short_names(method: &mut ImplItemFn, unions: &[DeclaredUnion]) {
    let aliases = unions.iter().filter_map(
        |DeclaredUnion {
             name,
             short,
             generics,
             ..
         }| {
            let short = short.as_ref()?;
            let parameters: Vec<_> = generics.params.iter().map(signature::name_of).collect();
            let parameters = (!parameters.is_empty()).then(|| quote!(<#(#parameters),*>));
            Some(parse_quote! {
                #[allow(dead_code, reason = "the name is for the author")]
                type #short #parameters = #name #parameters;
            })
        },
    );
    method.block.stmts.splice(0..0, aliases);
}

/// What makes a method a step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `#[step]`.
    Step,
    /// `#[catch_error]`.
    Handler,
}

fn kind_of(attribute: &Attribute) -> Option<Kind> {
    let segment = attribute.path().segments.last()?;
    match segment.ident.to_string().as_str() {
        "step" => Some(Kind::Step),
        "catch_error" => Some(Kind::Handler),
        _ => None,
    }
}

/// What makes the method a step, and the tokens in the parentheses of the attribute, which itself stays, marked as read.
fn take_step_attribute(
    method: &mut ImplItemFn,
    errors: &mut Errors,
) -> Option<(Kind, TokenStream)> {
    let mut first = None;
    let is_another = |attribute: &mut Attribute| {
        let kind = kind_of(attribute);
        kind.is_some() && first.replace(kind).is_some()
    };
    for second in method.attrs.extract_if(.., is_another) {
        let message = "a method is marked `#[step]` or `#[catch_error]` once";
        errors.at(&second, message);
    }
    let mut attributes = method.attrs.iter_mut();
    let (kind, attribute) =
        attributes.find_map(|attribute| Some((kind_of(attribute)?, attribute)))?;
    let options = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) => TokenStream::new(),
        Meta::NameValue(meta) => {
            errors.at(
                meta,
                "options of a step stand in parentheses, as in `#[step(num_workers = 8)]`",
            );
            TokenStream::new()
        }
    };
    let (path, mark) = (attribute.path().clone(), format_ident!("{}", step::READ));
    attribute.meta = parse_quote!(#path(#mark));
    Some((kind, options))
}

fn read_step(
    method: &mut ImplItemFn,
    ordinal: usize,
    options: &StepOptions,
    allow: Allow,
    errors: &mut Errors,
) -> Step {
    let parameters = signature::parameters(&mut method.sig, errors);
    check_signature(&method.sig, options.mode, errors);
    match &options.catch {
        Some(_) => catch::check_parameters(&method.sig, &parameters, errors),
        None => check_parameters(&method.sig, &parameters, errors),
    }
    allow_many_arguments(method, &parameters);
    let output = match &method.sig.output {
        ReturnType::Default => parse_quote!(()),
        ReturnType::Type(_, ty) => (**ty).clone(),
    };
    Step {
        ordinal: u16::try_from(ordinal).unwrap_or(u16::MAX),
        name: method.sig.ident.clone(),
        cfgs: tokens::cfgs(&method.attrs),
        doc: tokens::doc(&method.attrs),
        workers: options.workers.clone(),
        mode: options.mode,
        retry: options.retry.clone(),
        timeout: options.timeout,
        catch: options.catch.clone(),
        allow: allow.or(options.allow),
        parameters,
        output,
    }
}

fn check_signature(signature: &Signature, mode: Mode, errors: &mut Errors) {
    let name = &signature.ident;
    match (mode, &signature.asyncness) {
        (Mode::Inline | Mode::Spawn, None) => errors.at(
            name,
            format!("step `{name}` is not `async`: make it `async fn`, or mark it `#[step(blocking)]` if it blocks"),
        ),
        (Mode::Blocking, Some(token)) => {
            errors.at(token, format!("step `{name}` is `blocking`, so it is an ordinary `fn`: remove `async`"));
        }
        (Mode::Inline | Mode::Spawn, Some(_)) | (Mode::Blocking, None) => {}
    }
    match signature.inputs.first() {
        Some(FnArg::Receiver(receiver)) if is_shared(receiver) => {}
        Some(FnArg::Receiver(receiver)) => errors.at(
            receiver,
            format!("step `{name}` takes `&self`: its invocations run at once; keep what changes in `Context<S>`"),
        ),
        Some(FnArg::Typed(_)) | None => errors.at(name, format!("step `{name}` takes `&self`")),
    }
    if let ReturnType::Type(_, ty) = &signature.output
        && tokens::names_no_type(ty)
    {
        let message =
            format!("step `{name}` names the events that it returns: `impl Trait` hides them");
        errors.at(ty, message);
    }
    if let ReturnType::Type(_, ty) = &signature.output
        && let Some(result) = result_in_a_list(ty)
    {
        let message = format!(
            "step `{name}` fails as a whole: the `Result` stands outside of the list, as in `Result<Vec<Draft>>`"
        );
        errors.at(result, message);
    }
    if !signature.generics.params.is_empty() {
        let message =
            format!("step `{name}` has no generics of its own: put them on the impl block");
        errors.at(&signature.generics, message);
    }
}

/// A join takes as many parameters as it joins events: clippy shall not count them.
fn allow_many_arguments(method: &mut ImplItemFn, parameters: &[Parameter]) {
    let events = parameters
        .iter()
        .filter(|parameter| matches!(parameter, Parameter::Event { .. }));
    if events.count() > 1 && method.sig.inputs.len() > 7 {
        method.attrs.push(parse_quote! {
            #[allow(clippy::too_many_arguments, reason = "a join takes one parameter for each event")]
        });
    }
}

fn is_shared(receiver: &Receiver) -> bool {
    receiver.to_token_stream().to_string().replace(' ', "") == "&self"
}

fn check_parameters(signature: &Signature, parameters: &[Parameter], errors: &mut Errors) {
    let name = &signature.ident;
    let (mut events, mut collections, mut contexts) = (Vec::new(), Vec::new(), Vec::new());
    for parameter in parameters {
        match parameter {
            Parameter::Event { ty } => events.push(ty),
            Parameter::Collect { ty, .. } => {
                if let Some(result) = result_in_a_list(ty) {
                    let message = format!(
                        "step `{name}` collects events: a step that fails emits none, so write `Vec<Draft>`, and let the step before return `Result<Vec<Draft>>`"
                    );
                    errors.at(result, message);
                }
                collections.push(ty);
            }
            Parameter::Context { ty, .. } => contexts.push(ty),
            Parameter::Emitter { .. } | Parameter::Waiter { .. } | Parameter::Resource(_) => {}
            Parameter::Failed { ty } => {
                let message = format!(
                    "step `{name}` takes an event: `StepFailed` is for a method that is marked `#[catch_error]`"
                );
                errors.at(ty, message);
                return;
            }
        }
    }
    if events.is_empty() && collections.is_empty() {
        errors.at(
            name,
            format!("step `{name}` takes no event: give it a parameter such as `ev: Draft`"),
        );
    }
    if let Some(second) = collections.get(1) {
        errors.at(
            second,
            format!("step `{name}` collects twice: a step has one `Vec` parameter"),
        );
    } else if let (Some(event), Some(_)) = (events.first(), collections.first()) {
        let message =
            format!("step `{name}` collects a `Vec`, so it takes no other event beside it");
        errors.at(event, message);
    }
    if let Some(ninth) = events.get(8) {
        errors.at(ninth, format!("step `{name}` joins more than 8 events"));
    }
    if let Some(second) = contexts.get(1) {
        errors.at(second, format!("step `{name}` takes its `Context` twice"));
    }
}

/// The `Result<T>` of a `Vec<Result<T>>`.
fn result_in_a_list(ty: &Type) -> Option<&Type> {
    let mut elements = Vec::new();
    tokens::find_arguments(ty, "Vec", &mut elements);
    let is_result = |ty: &&Type| tokens::is_named(ty, "Result") && tokens::argument(ty).is_some();
    elements.into_iter().find(is_result)
}

/// The `T` of the first `Name<T>` that the signatures show, those without a condition first.
fn first_argument(steps: &[Step], unions: &[DeclaredUnion], name: &str) -> Option<Type> {
    let mut found = Vec::new();
    let (always, sometimes): (Vec<_>, Vec<_>) = steps.iter().partition(|step| step.cfgs.is_empty());
    for step in always.into_iter().chain(sometimes) {
        let sets = step.parameters.iter().filter_map(Parameter::set);
        for ty in sets.chain([&step.output]) {
            tokens::find_arguments(ty, name, &mut found);
            let tokens = ty.to_token_stream();
            let in_type = |union: &&DeclaredUnion| {
                union.cfgs == step.cfgs
                    && tokens::mentions(tokens.clone(), std::slice::from_ref(&union.name))
            };
            let variants = unions
                .iter()
                .filter(in_type)
                .flat_map(|union| &union.variants);
            variants.for_each(|variant| tokens::find_arguments(&variant.event, name, &mut found));
        }
    }
    found.first().map(|ty| (*ty).clone())
}

fn check_endpoints(workflow: &mut Workflow, block: &ItemImpl, errors: &mut Errors) {
    if workflow.steps.is_empty() {
        return;
    }
    if workflow.input.is_none() {
        let message = "no step takes `Start<T>`: give the first step a parameter `input: Start<T>`, where `T` is the \
                       input of the run (or, where it is hidden in a type alias, name it: `#[workflow(input = T)]`)";
        errors.at(&block.self_ty, message);
    }
    if workflow.output.is_none() {
        let message = "no step returns `Stop<T>`, so no run could end: return `Stop(result)` from the last step (or, \
                       where it is hidden in a type alias or a union, name it: `#[workflow(output = T)]`)";
        errors.at(&block.self_ty, message);
    }
    refuse_borrowed(
        &mut workflow.input,
        "the input of a run borrows nothing, since the run may outlive its caller: take owned data, as `String` for \
         `&str`",
        errors,
    );
    refuse_borrowed(
        &mut workflow.output,
        "the result of a run borrows nothing, since it outlives the run: give owned data, as `String` for `&str`",
        errors,
    );
}

/// Refuses an input or a result that borrows, and takes it away, so that nothing else breaks.
fn refuse_borrowed(ty: &mut Option<Type>, message: &str, errors: &mut Errors) {
    if let Some(reference) = ty.as_ref().and_then(tokens::reference) {
        errors.at(reference, message);
        *ty = None;
    }
}
