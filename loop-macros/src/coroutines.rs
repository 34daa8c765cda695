//! `coroutines! { … }`: bare attributes and the real `yield`.
//!
//! rustc does not parse the arguments of a macro call, so the reserved keyword `yield` can be replaced in them. The items are not
//! parsed here either, except for the marked functions' signatures: all else is passed on to rustc as it is.

use std::mem;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::quote;

use crate::library::{Block, Library};
use crate::mistakes::Mistakes;
use crate::parse::{Function, Macro};
use crate::tokens::{goes_on, is_braces, is_macro, is_punct, refilled};
use crate::{depth, expand, keyword};

/// Expands the items of the block.
pub(crate) fn expand(items: TokenStream) -> TokenStream {
    let expanded = depth::groups(&items).and_then(|()| {
        let Block { library, items } = syn::parse2(without_braces(items))?;
        Ok(functions(library, keyword::replace(items)?))
    });
    expanded.unwrap_or_else(syn::Error::into_compile_error)
}

/// In `coroutines!({ … })`, the form that rustfmt formats, the items stand in braces of their own.
fn without_braces(items: TokenStream) -> TokenStream {
    let mut tokens = items.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::Brace => {
            group.stream()
        }
        _ => items,
    }
}

fn functions(library: Library, items: TokenStream) -> TokenStream {
    let mut rewriter = Rewriter {
        library,
        ..Rewriter::default()
    };
    let items = rewriter.group(items);
    let errors = rewriter.mistakes.into_tokens();
    quote!(#errors #items)
}

/// Expands the marked functions, wherever they are: in modules, in `impl`s, in other functions.
#[derive(Default)]
struct Rewriter {
    library: Library,
    /// Whether the innermost function may yield.
    yields: bool,
    mistakes: Mistakes,
}

/// The attributes above an item.
#[derive(Default)]
struct Above {
    /// Our bare attribute, which is removed, and its arguments.
    ours: Option<Ours>,
    others: TokenStream,
    /// The item's body may yield.
    yields: bool,
}

struct Ours {
    which: Macro,
    attribute: TokenStream,
    arguments: TokenStream,
}

impl Ours {
    /// The attribute, if it is a bare `#[coroutine]` or `#[generator]`.
    fn read(attribute: &[TokenTree], contents: &TokenStream) -> Option<Ours> {
        let mut contents = contents.clone().into_iter();
        let Some(TokenTree::Ident(name)) = contents.next() else {
            return None;
        };
        let arguments = match contents.next() {
            Some(TokenTree::Group(group)) => group.stream(),
            Some(token) if is_punct(&token, ':') => return None,
            Some(token) => [token].into_iter().chain(contents).collect(),
            None => TokenStream::new(),
        };
        Some(Ours {
            which: Macro::named(&name)?,
            attribute: attribute.iter().cloned().collect(),
            arguments,
        })
    }

    /// Reports an attribute that is not on a function, or not the first of ours on it.
    fn misplaced(self, mistakes: &mut Mistakes) {
        let what = format!("`#[{}]` goes on a function, and once", self.which.word());
        let help = "put it on the `fn` whose body yields";
        mistakes.report(self.attribute, &what, help);
    }
}

impl Above {
    /// Takes the attributes at the beginning of `rest`, and reports those of ours that are one too many.
    fn take<'t>(mut rest: &'t [TokenTree], mistakes: &mut Mistakes) -> (Above, &'t [TokenTree]) {
        let mut above = Above::default();
        while let Some((attribute, contents)) = outer_attribute(rest) {
            rest = &rest[2..];
            above.yields |= is_ours(&contents);
            match Ours::read(attribute, &contents) {
                None => above.others.extend(attribute.iter().cloned()),
                Some(second) if above.ours.is_some() => second.misplaced(mistakes),
                first => above.ours = first,
            }
        }
        (above, rest)
    }
}

/// The tokens of the attribute that begins here, and those between its brackets.
fn outer_attribute(rest: &[TokenTree]) -> Option<(&[TokenTree], TokenStream)> {
    match rest {
        [hash, TokenTree::Group(group), ..]
            if is_punct(hash, '#') && group.delimiter() == Delimiter::Bracket =>
        {
            Some((&rest[..2], group.stream()))
        }
        _ => None,
    }
}

/// Whether an attribute is one of ours, by its bare name or by its path, which rustc expands later.
fn is_ours(contents: &TokenStream) -> bool {
    let path = contents.clone().into_iter();
    let path =
        path.take_while(|token| matches!(token, TokenTree::Ident(_)) || is_punct(token, ':'));
    matches!(path.last(), Some(TokenTree::Ident(last)) if Macro::with_word(&last).is_some())
}

/// The tokens of the item that begins here: up to a `;`, or to the braces that are its body.
fn item(rest: &[TokenTree]) -> &[TokenTree] {
    let ends = |at: &usize| {
        is_punct(&rest[*at], ';') || is_braces(&rest[*at]) && !goes_on(rest.get(at + 1))
    };
    let last = (0..rest.len()).find(ends);
    &rest[..last.map_or(rest.len(), |last| last + 1)]
}

impl Rewriter {
    /// Rewrites the tokens of one group.
    fn group(&mut self, tokens: TokenStream) -> TokenStream {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rewritten = TokenStream::new();
        let mut rest = &tokens[..];
        // Whether the next function may yield, because it has an attribute of ours with a path.
        let mut yields = false;
        while let [first, after @ ..] = rest {
            if outer_attribute(rest).is_some() {
                let (above, below) = Above::take(rest, &mut self.mistakes);
                yields = above.yields;
                rest = self.marked(above, below, &mut rewritten);
                continue;
            }
            rest = match (first, after) {
                (TokenTree::Ident(word), [TokenTree::Ident(_), ..]) if word == "fn" => {
                    let function = item(rest);
                    rewritten.extend(self.inside(mem::take(&mut yields), function));
                    &rest[function.len()..]
                }
                (TokenTree::Ident(word), [bang, TokenTree::Group(_), ..])
                    if is_punct(bang, '!') && is_macro(word) =>
                {
                    rewritten.extend(self.call(word, &rest[..3]));
                    &rest[3..]
                }
                (TokenTree::Ident(word), [bang, TokenTree::Ident(_), TokenTree::Group(_), ..])
                    if word == "macro_rules" && is_punct(bang, '!') =>
                {
                    rewritten.extend(rest[..4].iter().cloned());
                    &rest[4..]
                }
                (TokenTree::Group(group), _) => {
                    rewritten.extend([refilled(group, self.group(group.stream()))]);
                    after
                }
                _ => {
                    rewritten.extend([first.clone()]);
                    after
                }
            };
        }
        rewritten
    }

    /// Expands the function below our attribute. Returns what comes after it.
    fn marked<'t>(
        &mut self,
        above: Above,
        below: &'t [TokenTree],
        rewritten: &mut TokenStream,
    ) -> &'t [TokenTree] {
        let others = above.others;
        let Some(ours) = above.ours else {
            rewritten.extend(others);
            return below;
        };
        let item = item(below);
        let all = others.clone().into_iter().chain(item.iter().cloned());
        let Some(function) = Function::read(all.collect()) else {
            ours.misplaced(&mut self.mistakes);
            // An attribute that stands alone would be a mistake of its own.
            rewritten.extend(others);
            return below;
        };
        match function {
            Ok(mut function) => {
                let body = function.body.take();
                function.body = body.map(|body| self.body(true, body));
                rewritten.extend(expand::function(
                    ours.which,
                    &self.library,
                    ours.arguments,
                    function,
                ));
            }
            Err(error) => self.mistakes.add(error),
        }
        &below[item.len()..]
    }

    /// Rewrites a function without our attribute.
    fn inside(&mut self, yields: bool, function: &[TokenTree]) -> TokenStream {
        let rewrite = |token: &TokenTree| match token {
            TokenTree::Group(group) if is_braces(token) => {
                refilled(group, self.body(yields, group.stream()))
            }
            other => other.clone(),
        };
        function.iter().map(rewrite).collect()
    }

    fn body(&mut self, yields: bool, body: TokenStream) -> TokenStream {
        let outer = mem::replace(&mut self.yields, yields);
        let rewritten = self.group(body);
        self.yields = outer;
        rewritten
    }

    /// The call of a macro, whose arguments are its own.
    fn call(&mut self, name: &Ident, call: &[TokenTree]) -> TokenStream {
        if self.yields || name != "yield_" && name != "yield_from" {
            return call.iter().cloned().collect();
        }
        let help = "put `#[coroutine]` or `#[generator(…)]` on the function";
        self.mistakes.report(
            name,
            "`yield` stands in a function that is no coroutine",
            help,
        );
        quote!(::core::unreachable!())
    }
}
