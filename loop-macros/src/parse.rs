//! Parses what the user wrote: the attribute, and the function below it.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, FnModifiers, Signature, Token, Visibility, braced};

use crate::depth;
use crate::tokens::{end_of, goes_on, is_braces, is_word, parse_to};

/// Which of the attributes stands above the function.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Macro {
    Coroutine,
    Generator,
    Stream,
    Sink,
    Main,
    Test,
}

impl Macro {
    /// The attribute that a bare name, such as `#[coroutine]`, means inside `coroutines!`.
    pub(crate) fn named(ident: &Ident) -> Option<Macro> {
        let is_bare = |which: &Macro| !matches!(which, Macro::Main | Macro::Test);
        Macro::with_word(ident).filter(is_bare)
    }

    /// The attribute whose name is `word`.
    pub(crate) fn with_word(word: &Ident) -> Option<Macro> {
        let all = [
            Macro::Coroutine,
            Macro::Generator,
            Macro::Stream,
            Macro::Sink,
            Macro::Main,
            Macro::Test,
        ];
        all.into_iter().find(|which| word == which.word())
    }

    /// Its name, as a bare attribute.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Macro::Coroutine => "coroutine",
            Macro::Generator => "generator",
            Macro::Stream => "stream",
            Macro::Sink => "sink",
            Macro::Main => "main",
            Macro::Test => "test",
        }
    }

    /// The attribute as the user writes it.
    pub(crate) fn name(self) -> String {
        format!("#[loop_core::{}]", self.word())
    }

    /// The arguments it takes, as its error message lists them.
    pub(crate) fn takes(self) -> &'static str {
        match self {
            Macro::Coroutine => {
                "it takes `lazy`, `skip(name, …)` and `skip_all`, or `receives = Type` (with `boxed`), and `crate = path`"
            }
            Macro::Generator => {
                "it takes `yields = Type`, `receives = Type`, `boxed` and `crate = path`"
            }
            Macro::Stream => "it takes `yields = Type` and `crate = path`",
            Macro::Sink => "it takes `receives = Type` and `crate = path`",
            Macro::Main => {
                "it takes `builder = …`: the settings of the event loop; and `crate = path`"
            }
            Macro::Test => {
                "it takes `stdin = …`, `seed = …` and `sim = …` for the simulation, or `os` to run on the operating system, and `crate = path`"
            }
        }
    }

    /// Whether `argument` is one that it takes.
    pub(crate) fn knows(self, argument: &str) -> bool {
        argument == "crate"
            || match self {
                Macro::Coroutine => matches!(
                    argument,
                    "lazy" | "receives" | "boxed" | "skip" | "skip_all"
                ),
                Macro::Generator => matches!(argument, "yields" | "receives" | "boxed"),
                Macro::Stream => argument == "yields",
                Macro::Sink => argument == "receives",
                Macro::Main => argument == "builder",
                Macro::Test => matches!(argument, "os" | "stdin" | "seed" | "sim"),
            }
    }
}

/// A function. Its body is not parsed: it is passed on to rustc as it is.
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
        Ok(Function {
            attrs,
            vis,
            modifiers,
            sig,
            body,
        })
    }
}

/// The tokens between a function's braces. An inner attribute moves up to `attrs`, where it means the same.
fn body(attrs: &mut Vec<Attribute>, input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let content;
    braced!(content in input);
    depth::syntax(inner_attributes(&content.fork())?)?;
    for mut attribute in content.call(Attribute::parse_inner)? {
        attribute.style = syn::AttrStyle::Outer;
        attrs.push(attribute);
    }
    content.parse()
}

/// The tokens of the attributes at the beginning of a body.
fn inner_attributes(body: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut attributes = TokenStream::new();
    while body.peek(Token![#]) && body.peek2(Token![!]) {
        for _ in 0..3 {
            attributes.extend([body.parse::<TokenTree>()?]);
        }
    }
    Ok(attributes)
}

/// All but the body of a function.
fn signature(tokens: TokenStream) -> TokenStream {
    let mut rest = tokens.into_iter().peekable();
    let mut signature = TokenStream::new();
    while let Some(token) = rest.next() {
        if is_braces(&token) && !goes_on(rest.peek()) {
            break;
        }
        signature.extend([token]);
    }
    signature
}

impl Function {
    /// Parses an item, in which groups do not nest too deep; `None` if it is no function.
    pub(crate) fn read(item: TokenStream) -> Option<syn::Result<Function>> {
        let mut before = None;
        let is_named = |token: TokenTree| {
            let is_name = matches!(token, TokenTree::Ident(_));
            let before = before.replace(token);
            is_name && before.is_some_and(|before| is_word(&before, "fn"))
        };
        item.clone().into_iter().any(is_named).then(|| {
            depth::syntax(signature(item.clone()))?;
            let end = end_of(&item);
            parse_to(item, end, Function::parse)
        })
    }

    /// The declared return type, `()` when there is none.
    pub(crate) fn returns(&self) -> TokenStream {
        match &self.sig.output {
            syn::ReturnType::Default => quote!(()),
            syn::ReturnType::Type(_, ty) => ty.to_token_stream(),
        }
    }
}
