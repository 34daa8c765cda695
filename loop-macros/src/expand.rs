//! The function that replaces the user's.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{FnArg, Lifetime, ReturnType, Safety, Signature};

use crate::arguments::{Exchange, Form, Simulation};
use crate::borrows::borrows;
use crate::check;
use crate::depth;
use crate::describe::{self, Described};
use crate::elsewhere;
use crate::globs;
use crate::library::Library;
use crate::mistakes::Mistakes;
use crate::parse::{Function, Macro};
use crate::recovery;
use crate::signature::{
    borrow_for, bound_everything, name_arguments, name_never, set_output, show_lifetimes,
};
use crate::tokens::variable;
use crate::types;
use crate::yields;

/// Expands an attribute and the item below it. `library` is where its arguments do not say otherwise.
pub(crate) fn attribute(
    which: Macro,
    library: &Library,
    arguments: TokenStream,
    item: TokenStream,
) -> TokenStream {
    if let Err(error) = depth::groups(&item) {
        return error.into_compile_error();
    }
    match Function::read(item.clone()) {
        Some(Ok(found)) => function(which, library, arguments, found),
        Some(Err(error)) => error.into_compile_error(),
        None => not_a_function(which, item),
    }
}

/// Keeps the item as it is, so that code which uses it still compiles.
fn not_a_function(which: Macro, item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let what = format!("`{}` goes on a function", which.name());
    mistakes.report(&item, &what, "put it on the `fn` whose body yields");
    let errors = mistakes.into_tokens();
    quote!(#errors #item)
}

/// Expands a function; after a mistake, into the errors and a function that callers can still name.
pub(crate) fn function(
    which: Macro,
    library: &Library,
    arguments: TokenStream,
    mut function: Function,
) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let (form, own) = Form::parse(which, arguments, &mut mistakes);
    let library = &own.unwrap_or_else(|| library.clone());
    mistakes.absorb(check::attributes(which, &mut function.attrs));
    name_never(&mut function.sig);
    mistakes.absorb(check::function(&form, &mut function));
    let body = match mistakes.first() {
        None => body(&form, library, &mut function),
        Some(error) => instead(&form, library, &mut function, &error),
    };
    outside(&form, library, &mut function);
    let Function {
        attrs,
        vis,
        modifiers,
        sig,
        ..
    } = function;
    let default = modifiers.defaultness;
    let errors = mistakes.into_tokens();
    quote! {
        #errors
        #(#attrs)*
        #vis #default #sig { #body }
    }
}

/// The new body: the user's, inside the closure that the library calls with the controller.
fn body(form: &Form, library: &Library, function: &mut Function) -> TokenStream {
    let pinned = pin_output(function);
    // Before the arguments are renamed, because `skip` refers to the user's own names.
    let hidden = describe::hidden(form, &function.sig);
    let arguments = name_arguments(&mut function.sig);
    let described = describe::call(form, function, &hidden, library);
    let prelude = yields::prelude(form, library);
    let body = function.body.clone();
    let body = body.map(|body| elsewhere::in_body(body, form, library));
    let import = yields::import(form, library);
    let body = body.map(|body| globs::with_imports(body, &import));
    let mut body = Group::new(Delimiter::Brace, body.to_token_stream());
    // That is where rustc reports a body that ends without a value.
    body.set_span(at_output(&function.sig));
    construct(
        form,
        library,
        function,
        &described,
        quote!(#prelude #arguments #pinned #body),
    )
}

/// The place of the return type.
fn at_output(sig: &Signature) -> Span {
    let here = match &sig.output {
        ReturnType::Type(_, ty) => ty.span(),
        ReturnType::Default => sig.ident.span(),
    };
    Span::mixed_site().located_at(here)
}

/// In place of a body when there is a mistake: the body without its yields, if that is possible.
fn instead(
    form: &Form,
    library: &Library,
    function: &mut Function,
    error: &TokenStream,
) -> TokenStream {
    let pinned = pin_output(function);
    let kept = recovery::body(form, library, function, error);
    function
        .attrs
        .push(syn::parse_quote!(#[allow(unused, clippy::all)]));
    function.sig.asyncness = None;
    function.sig.constness = None;
    function.sig.abi = None;
    function.sig.safety = Safety::Default;
    let prelude = yields::prelude(form, library);
    // It returns nothing, so that the type of its value is no second mistake.
    let kept = kept.map(|body| quote!(let _ = async move { #prelude #body };));
    construct(
        form,
        library,
        function,
        &Described::nothing(library),
        quote!(#pinned #kept loop {}),
    )
}

/// Gives the type checker the return type of the body, because an `async` block does not declare one. So `?`, an early `return`
/// and the last expression are checked against the declared type, and rustc points at it.
fn pin_output(function: &Function) -> TokenStream {
    let output = function.returns();
    if matches!(&function.sig.output, ReturnType::Type(_, ty) if types::has_impl_trait(ty)) {
        return TokenStream::new();
    }
    let here = at_output(&function.sig);
    let mut never = variable("never");
    never.set_span(here);
    quote_spanned! {here=>
        if let ::core::option::Option::Some(#never) = ::core::option::Option::None::<#output> {
            return #never;
        }
    }
}

/// The call that makes the coroutine or generator of `frame`, the contents of its `async` block.
fn construct(
    form: &Form,
    library: &Library,
    function: &Function,
    described: &Described,
    frame: TokenStream,
) -> TokenStream {
    let co = yields::controller();
    let frame = quote!(move |#co| async move { #frame });
    let sig = &function.sig;
    let start = match form {
        Form::Generator(exchange) => return generator(library, exchange, &sig.ident, frame),
        Form::Stream(yields) => {
            let origin = origin(library, &sig.ident);
            return quote!(#library::__private::stream::<_, #yields, _>(#origin, #frame));
        }
        Form::Sink(receives) => {
            let origin = origin(library, &sig.ident);
            return quote!(#library::__private::sink::<_, #receives, _>(#origin, #frame));
        }
        Form::Coroutine { lazy: true, .. } => "lazy",
        _ => "prime",
    };
    // Only a function that returns its coroutine can lend it something.
    let borrows = matches!(form, Form::Coroutine { .. }) && borrows(sig);
    let coroutine = coroutine(library, &sig.ident, start, borrows, described, frame);
    match form {
        Form::Main { builder } => {
            let builder = match builder {
                Some(builder) => quote!(#builder),
                None => quote!(#library::EventLoop::builder()),
            };
            quote!(#library::__private::run_main(#builder, { #coroutine }))
        }
        Form::OsTest => quote!(#library::__private::run_test_os({ #coroutine })),
        Form::SimTest(settings) => {
            let sim = simulation(library, settings);
            let run = run_argument(sig);
            quote!(#library::__private::run_test(#sim, |#run| { #coroutine }))
        }
        _ => coroutine,
    }
}

/// The simulation of a test.
fn simulation(library: &Library, settings: &Simulation) -> TokenStream {
    let mut sim = match &settings.sim {
        Some(sim) => quote!(#sim),
        None => quote!(#library::sim::Sim::new()),
    };
    if let Some(stdin) = &settings.stdin {
        sim = quote!(#library::sim::Sim::stdin(#sim, #stdin));
    }
    if let Some(seed) = &settings.seed {
        sim = quote!(#library::sim::Sim::seed(#sim, #seed));
    }
    sim
}

/// The argument through which a test sees its run, if it takes one.
fn run_argument(sig: &Signature) -> TokenStream {
    match sig.inputs.first() {
        Some(FnArg::Typed(run)) if sig.inputs.len() == 1 => quote!(#run),
        _ => quote!(_),
    }
}

fn coroutine(
    library: &Library,
    name: &Ident,
    start: &str,
    borrows: bool,
    described: &Described,
    frame: TokenStream,
) -> TokenStream {
    let Described { arguments, value } = described;
    // A coroutine that borrows never is in a trace on its own, so its value is not described.
    let (start, value) = match borrows {
        true => (format_ident!("{start}_borrowing"), TokenStream::new()),
        false => (format_ident!("{start}"), quote!(, #value)),
    };
    // The arguments are described in a statement of their own, as the body's closure takes them. The value comes last:
    // its type is known from the body.
    let described = variable("described");
    let origin = origin(library, name);
    quote! {
        let #described = #arguments;
        #library::__private::#start(#origin, #described, #frame #value)
    }
}

/// A value whose type says where a coroutine was written. It needs no memory. Its block has nothing of the user's in it, because items
/// have no hygiene.
fn origin(library: &Library, name: &Ident) -> TokenStream {
    let text = name.unraw().to_string();
    // With the span of the user's name these give the line of the function, not the line of the attribute.
    let file = quote_spanned!(name.span()=> ::core::file!());
    let line = quote_spanned!(name.span()=> ::core::line!());
    quote! {
        {
            struct Origin;
            impl #library::__private::Origin for Origin {
                const NAME: &'static ::core::primitive::str = #text;
                const FILE: &'static ::core::primitive::str = #file;
                const LINE: ::core::primitive::u32 = #line;
            }
            Origin
        }
    }
}

fn generator(
    library: &Library,
    exchange: &Exchange,
    name: &Ident,
    frame: TokenStream,
) -> TokenStream {
    let Exchange {
        yields,
        receives,
        boxed,
        primed,
    } = exchange;
    let name = name.unraw().to_string();
    let slot = match exchange.receives_nothing() {
        true => quote!(()),
        false => quote!(::core::option::Option<#receives>),
    };
    let made = quote!(#library::__private::generate::<#yields, #slot, _>(#name, #frame));
    let made = if *primed {
        quote!(#library::__private::started(#made))
    } else {
        made
    };
    if *boxed { quote!(#made.boxed()) } else { made }
}

/// Rewrites the signature into what callers see.
fn outside(form: &Form, library: &Library, function: &mut Function) {
    let returns = function.returns();
    let is_named = match form {
        Form::Generator(exchange) => exchange.boxed,
        _ => true,
    };
    if is_named {
        show_lifetimes(&mut function.sig);
    }
    match form {
        Form::Coroutine { .. } if borrows(&function.sig) => {
            borrow_for(
                &mut function.sig,
                "'__coroutine",
                |lifetime| quote!(#library::BorrowingCoroutine<#lifetime, #returns>),
            );
        }
        Form::Coroutine { .. } => {
            bound_everything(
                &mut function.sig,
                &Lifetime::new("'static", Span::call_site()),
            );
            set_output(&mut function.sig, quote!(#library::Coroutine<#returns>));
        }
        Form::Generator(exchange) => generator_outside(exchange, library, returns, function),
        Form::Stream(yields) => {
            // That is where rustc reports a return type that a stream can't have.
            let here = at_output(&function.sig);
            let library = library.located(here);
            borrow_for(
                &mut function.sig,
                "'__stream",
                |lifetime| quote_spanned!(here=> #library::Stream<#lifetime, #yields, #returns>),
            );
        }
        Form::Sink(receives) => {
            let here = at_output(&function.sig);
            let library = library.located(here);
            borrow_for(
                &mut function.sig,
                "'__sink",
                |lifetime| quote_spanned!(here=> #library::Sink<#lifetime, #receives, #returns>),
            );
        }
        Form::Main { .. } => {
            takes_nothing(function);
            set_output(&mut function.sig, quote!(::std::process::ExitCode));
        }
        Form::OsTest | Form::SimTest(_) => {
            takes_nothing(function);
            function
                .attrs
                .insert(0, syn::parse_quote!(#[::core::prelude::v1::test]));
        }
    }
}

/// Removes the arguments and generics, which have been reported if there were any, or are given by the library.
fn takes_nothing(function: &mut Function) {
    function.sig.inputs.clear();
    function.sig.generics = Default::default();
}

fn generator_outside(
    exchange: &Exchange,
    library: &Library,
    returns: TokenStream,
    function: &mut Function,
) {
    let Exchange {
        yields,
        receives,
        boxed,
        ..
    } = exchange;
    if *boxed {
        borrow_for(
            &mut function.sig,
            "'__generator",
            |lifetime| quote!(#library::BoxGenerator<#lifetime, #yields, #receives, #returns>),
        );
    } else {
        let frame = quote!(impl #library::generator::Frame<#yields, #receives, #returns>);
        set_output(
            &mut function.sig,
            quote!(#library::Generator<#yields, #receives, #returns, #frame>),
        );
    }
}
