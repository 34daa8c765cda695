//! What the user wrote: the attribute's arguments and the function below it.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Error, FnModifiers, Signature, Token, Type, Visibility, braced, parse_quote};

use crate::mistakes::{Mistakes, text};

/// Which of the attributes stands above the function.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Macro {
    Coroutine,
    Generator,
    Main,
    Test,
}

impl Macro {
    /// The attribute that a bare `#[coroutine]` or `#[generator]` names inside `coroutines!`.
    pub(crate) fn named(ident: &Ident) -> Option<Macro> {
        match ident {
            ident if ident == "coroutine" => Some(Macro::Coroutine),
            ident if ident == "generator" => Some(Macro::Generator),
            _ => None,
        }
    }

    /// Its name, as a bare attribute.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Macro::Coroutine => "coroutine",
            Macro::Generator => "generator",
            Macro::Main => "main",
            Macro::Test => "test",
        }
    }

    /// The attribute as the user writes it.
    pub(crate) fn name(self) -> String {
        format!("#[loop_core::{}]", self.word())
    }

    /// The arguments it takes, as its error message lists them.
    fn takes(self) -> &'static str {
        match self {
            Macro::Coroutine => "it takes `lazy` or `receives = Type` (with `boxed`)",
            Macro::Generator => "it takes `yields = Type`, `receives = Type` and `boxed`",
            Macro::Main => "it takes none",
            Macro::Test => "it takes `os`: run on the operating system, not in the simulation",
        }
    }

    /// Whether `argument` is one that it takes.
    fn knows(self, argument: &str) -> bool {
        match self {
            Macro::Coroutine => matches!(argument, "lazy" | "receives" | "boxed"),
            Macro::Generator => matches!(argument, "yields" | "receives" | "boxed"),
            Macro::Main => false,
            Macro::Test => argument == "os",
        }
    }
}

/// What a function is to become.
pub(crate) enum Form {
    /// A coroutine of the event loop.
    Coroutine { lazy: bool },
    /// A generator, whose caller resumes it.
    Generator(Exchange),
    /// The program's `main`.
    Main,
    /// A test.
    Test { os: bool },
}

/// What goes in and out of a generator.
pub(crate) struct Exchange {
    pub(crate) yields: Type,
    pub(crate) receives: Type,
    /// Its type is to have a name.
    pub(crate) boxed: bool,
    /// It runs to its first `yield_!` when it is called.
    pub(crate) primed: bool,
}

/// The attribute's arguments, each with its name for the error messages.
#[derive(Default)]
struct Arguments {
    lazy: Option<Ident>,
    os: Option<Ident>,
    boxed: Option<Ident>,
    yields: Option<(Ident, Type)>,
    receives: Option<(Ident, Type)>,
}

impl Form {
    /// Reads the attribute's arguments; what is wrong with them goes to `mistakes`.
    pub(crate) fn parse(which: Macro, arguments: TokenStream, mistakes: &mut Mistakes) -> Form {
        let mut read = Arguments::default();
        let parser = |input: ParseStream<'_>| read.parse(which, input, mistakes);
        if let Err(error) = parser.parse2(arguments) {
            mistakes.add(error);
        }
        match which {
            Macro::Coroutine => read.into_coroutine(mistakes),
            Macro::Generator => Form::Generator(read.into_exchange(false)),
            Macro::Main => Form::Main,
            Macro::Test => Form::Test { os: read.os.is_some() },
        }
    }
}

impl Arguments {
    fn parse(&mut self, which: Macro, input: ParseStream<'_>, mistakes: &mut Mistakes) -> syn::Result<()> {
        while !input.is_empty() {
            self.parse_one(which, input, mistakes)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    }

    fn parse_one(&mut self, which: Macro, input: ParseStream<'_>, mistakes: &mut Mistakes) -> syn::Result<()> {
        // `parse_any`, because `yield = T` is a mistake that deserves more than "expected identifier".
        let name = input.call(Ident::parse_any)?;
        let written = name.to_string();
        let meant = meant(which, &written);
        if !which.knows(&written) {
            mistakes.report(&name, &format!("unknown argument `{written}` of `{}`", which.name()), &advice(which, meant));
        }
        let Some(meant) = meant else { return skip_argument(input) };
        let value = value(meant, &name, input)?;
        if self.set(meant, &name, value) {
            mistakes.report(&name, &format!("the argument `{written}` is given twice"), "leave out one of the two");
        }
        Ok(())
    }

    /// Notes an argument and says whether it was there before; the first one stays.
    fn set(&mut self, meant: &str, name: &Ident, value: Option<Type>) -> bool {
        let flag = match meant {
            "lazy" => &mut self.lazy,
            "os" => &mut self.os,
            "boxed" => &mut self.boxed,
            "yields" => return keep_first(&mut self.yields, value.map(|ty| (name.clone(), ty))),
            "receives" => return keep_first(&mut self.receives, value.map(|ty| (name.clone(), ty))),
            _ => return false,
        };
        keep_first(flag, Some(name.clone()))
    }

    fn into_coroutine(self, mistakes: &mut Mistakes) -> Form {
        if self.receives.is_some() {
            if let Some(lazy) = &self.lazy {
                let help = "for a receiver that is started by hand write `#[loop_core::generator(receives = Type)]`";
                mistakes.report(lazy, "a receiving coroutine is always primed, so it can't be `lazy`", help);
            }
            return Form::Generator(self.into_exchange(true));
        }
        if let Some(boxed) = &self.boxed {
            let help = "leave `boxed` out: the type `Coroutine<T>` has a name already";
            mistakes.report(boxed, "only a receiving coroutine can be `boxed`", help);
        }
        Form::Coroutine { lazy: self.lazy.is_some() }
    }

    fn into_exchange(self, primed: bool) -> Exchange {
        let or_unit = |argument: Option<(Ident, Type)>| argument.map_or_else(|| parse_quote!(()), |(_, ty)| ty);
        Exchange {
            yields: or_unit(self.yields),
            receives: or_unit(self.receives),
            boxed: self.boxed.is_some(),
            primed,
        }
    }
}

/// The argument of `which` that somebody who wrote `written` had in mind: `yield` or `receive` are near enough.
fn meant(which: Macro, written: &str) -> Option<&'static str> {
    let known = ["lazy", "os", "boxed", "yields", "receives"];
    known.into_iter().find(|name| which.knows(name) && name.strip_suffix('s').unwrap_or(name) == written.trim_end_matches('s'))
}

fn advice(which: Macro, meant: Option<&str>) -> String {
    match meant {
        Some(meant) => format!("write `{meant}`"),
        None => which.takes().to_owned(),
    }
}

/// What follows an argument's name: ` = Type`, or nothing.
fn value(meant: &str, name: &Ident, input: ParseStream<'_>) -> syn::Result<Option<Type>> {
    let typed = matches!(meant, "yields" | "receives");
    if !input.peek(Token![=]) {
        let missing = || Error::new_spanned(name, text(&format!("`{name}` needs a type"), &format!("write `{name} = Type`")));
        return if typed { Err(missing()) } else { Ok(None) };
    }
    let equals: Token![=] = input.parse()?;
    if matches!(meant, "lazy" | "os" | "boxed") {
        return Err(Error::new_spanned(equals, text(&format!("`{name}` takes no value"), &format!("write only `{name}`"))));
    }
    input.parse().map(Some)
}

/// Passes over what follows the name of an unknown argument.
fn skip_argument(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

fn keep_first<T>(slot: &mut Option<T>, new: Option<T>) -> bool {
    let taken = slot.is_some();
    if !taken {
        *slot = new;
    }
    taken
}

/// A function with its body unread: whatever rustc will make of it, it goes through as it is.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) modifiers: FnModifiers,
    pub(crate) sig: Signature,
    /// `None` for a trait's method without a default.
    pub(crate) body: Option<TokenStream>,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let mut modifiers = FnModifiers::default();
        if input.peek(Token![default]) && !input.peek2(Token![!]) {
            modifiers.defaultness = Some(input.parse()?);
        }
        let sig = input.parse()?;
        let body = if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            None
        } else {
            Some(body(&mut attrs, input)?)
        };
        Ok(Function { attrs, vis, modifiers, sig, body })
    }
}

/// The tokens between a function's braces. An inner attribute moves up to `attrs`, where it means the same.
fn body(attrs: &mut Vec<Attribute>, input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let content;
    braced!(content in input);
    for mut attribute in content.call(Attribute::parse_inner)? {
        attribute.style = syn::AttrStyle::Outer;
        attrs.push(attribute);
    }
    content.parse()
}

impl Function {
    /// The declared return type, `()` when there is none.
    pub(crate) fn returns(&self) -> TokenStream {
        match &self.sig.output {
            syn::ReturnType::Default => quote!(()),
            syn::ReturnType::Type(_, ty) => ty.to_token_stream(),
        }
    }
}
