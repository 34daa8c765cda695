//! Checks what a function must not be or contain. Each message says what to write instead.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{Attribute, ReturnType, Safety, Signature, Type, TypeParamBound};

use crate::arguments::Form;
use crate::describe::unknown_names;
use crate::level::Level;
use crate::mistakes::Mistakes;
use crate::parse::{Function, Macro};
use crate::requests;
use crate::tokens::is_punct;
use crate::types::named;

/// All mistakes of `function` as a `form`.
pub(crate) fn function(form: &Form, function: &mut Function) -> Mistakes {
    let mut mistakes = Mistakes::default();
    let Some(body) = function.body.clone() else {
        no_body(form, &function.sig, &mut mistakes);
        return mistakes;
    };
    qualifiers(&function.sig, &mut mistakes);
    match form {
        Form::Stream(_) | Form::Sink(_) => named_output(&mut function.sig, &mut mistakes),
        Form::Coroutine { skip, .. } => {
            unknown_names(skip, &function.sig, &mut mistakes);
        }
        Form::Generator(exchange) => {
            named_output(&mut function.sig, &mut mistakes);
            requests::in_generator(
                exchange,
                &function.sig.generics,
                body.clone(),
                &mut mistakes,
            );
        }
        Form::SimTest(_) if function.sig.inputs.len() == 1 && function.sig.receiver().is_none() => {
            takes_no_types(&function.sig, &mut mistakes);
        }
        Form::Main { .. } | Form::OsTest | Form::SimTest(_) => {
            takes_nothing(form, &function.sig, &mut mistakes);
        }
    }
    tokens(body, &mut mistakes);
    mistakes
}

/// Reports and removes the other attributes that say what the function becomes: each would expand what is left by the one above.
pub(crate) fn attributes(which: Macro, attrs: &mut Vec<Attribute>) -> Mistakes {
    let mut mistakes = Mistakes::default();
    attrs.retain(|attribute| {
        let last = attribute.path().segments.last();
        let Some(other) = last.and_then(|last| Macro::with_word(&last.ident)) else {
            return true;
        };
        let (what, help) = both(which, other);
        mistakes.report(attribute, &what, &help);
        false
    });
    mistakes
}

/// Why a function can't be `one` and `other`, and what to do.
fn both(one: Macro, other: Macro) -> (String, String) {
    let what = match one == other {
        true => format!("this function is `{}` already", one.name()),
        false => format!(
            "a function can't be both `{}` and a `{}`",
            one.name(),
            other.word()
        ),
    };
    let help = match (one, other) {
        _ if one == other => "leave one of the two out".to_owned(),
        (Macro::Coroutine, Macro::Test) | (Macro::Test, Macro::Coroutine) => {
            "write only `#[loop_core::test]`, whose body is a coroutine".to_owned()
        }
        (Macro::Coroutine, Macro::Main) | (Macro::Main, Macro::Coroutine) => {
            "write only `#[loop_core::main]`, whose body is a coroutine".to_owned()
        }
        (Macro::Generator, _) | (_, Macro::Generator) => {
            "leave one of the two out, and call the generator from another function".to_owned()
        }
        _ => "leave one of the two out".to_owned(),
    };
    (what, help)
}

fn qualifiers(sig: &Signature, mistakes: &mut Mistakes) {
    if let Some(word) = &sig.asyncness {
        let help =
            "remove `async`; the body suspends with `yield_!(…)` where an `async fn` has `.await`";
        mistakes.report(word, "a coroutine is not an `async fn`", help);
    }
    if let Some(word) = &sig.constness {
        mistakes.report(word, "a coroutine can't be a `const fn`", "remove `const`");
    }
    if let Safety::Unsafe(word) = &sig.safety {
        mistakes.report(
            word,
            "a coroutine can't be an `unsafe fn`",
            "remove `unsafe`, or wrap the function in a safe one",
        );
    }
    if let Some(abi) = &sig.abi {
        mistakes.report(
            abi,
            "a coroutine can't be an `extern` function",
            "remove the ABI",
        );
    }
}

fn no_body(form: &Form, sig: &Signature, mistakes: &mut Mistakes) {
    let what = "this function has no body that could yield";
    let help = match form {
        Form::Generator(_) => {
            "declare the method without the attribute: `fn name(…) -> loop_core::BoxGenerator<…>;`"
        }
        Form::Stream(_) => {
            "declare the method without the attribute: `fn name(…) -> loop_core::Stream<…>;`"
        }
        Form::Sink(_) => {
            "declare the method without the attribute: `fn name(…) -> loop_core::Sink<…>;`"
        }
        _ => "declare the method without the attribute: `fn name(…) -> loop_core::Coroutine<…>;`",
    };
    mistakes.report(&sig.ident, what, help);
}

/// The type of a generator or of a stream names its return type, so that has to have a name. Makes it `()` when it has none.
fn named_output(sig: &mut Signature, mistakes: &mut Mistakes) {
    let ReturnType::Type(_, ty) = &mut sig.output else {
        return;
    };
    if is_iterator(ty) {
        let what = "the call of a generator gives a `Generator`, which is an iterator already";
        let help = "name the items in the attribute, `#[loop_core::generator(yields = Type)]`, and leave this out; behind the arrow stands \
                    what the body returns at its end";
        mistakes.report(&ty, what, help);
        **ty = mistakes.ty();
    }
    **ty = named(ty, mistakes);
}

/// Whether a type is `impl Iterator<…>`.
fn is_iterator(ty: &Type) -> bool {
    let is_iterator = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => bound
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "Iterator"),
        _ => false,
    };
    matches!(ty, Type::ImplTrait(anonymous) if anonymous.bounds.iter().any(is_iterator))
}

fn takes_nothing(form: &Form, sig: &Signature, mistakes: &mut Mistakes) {
    if !sig.inputs.is_empty() {
        let help = match form {
            Form::SimTest(_) => "remove them; a test may take one argument, `run: RunSoFar`",
            _ => "remove them",
        };
        let what = "this function is called without arguments";
        mistakes.report(&sig.inputs, what, help);
    }
    takes_no_types(sig, mistakes);
}

fn takes_no_types(sig: &Signature, mistakes: &mut Mistakes) {
    if !sig.generics.params.is_empty() {
        mistakes.report(
            &sig.generics,
            "this function is called without type arguments",
            "remove them",
        );
    }
}

/// Looks for a bare `yield` and for a foreign `.await` in a body, also between the tokens of `println!(…)`.
///
/// It reads tokens and no syntax tree, because the arguments of a macro call have none.
pub(crate) fn tokens(body: TokenStream, mistakes: &mut Mistakes) {
    let level = Level::new(body);
    let mut next = 0;
    while let Some(token) = level.tokens.get(next) {
        if let Some(end) = level.others_at(next) {
            next = end;
            continue;
        }
        let after_dot = next > 0 && is_punct(&level.tokens[next - 1], '.');
        match token {
            TokenTree::Group(group) => tokens(group.stream(), mistakes),
            TokenTree::Ident(word) if word == "yield" => bare_yield(word, mistakes),
            TokenTree::Ident(word) if word == "await" && after_dot => foreign_await(word, mistakes),
            _ => {}
        }
        next += 1;
    }
}

fn bare_yield(word: &Ident, mistakes: &mut Mistakes) {
    let help = "write `yield_!(…)`, or put the function into `loop_core::coroutines! { … }`, where `yield` works";
    mistakes.report(word, "stable Rust has no `yield` here", help);
}

fn foreign_await(word: &Ident, mistakes: &mut Mistakes) {
    let help = "write `yield_!(…)` a request, a coroutine or a handle, and `yield_!(Await(…))` a future of another library";
    mistakes.report(word, "a coroutine can't `.await` a future", help);
}
