//! Requests of the event loop in a generator, which no loop answers.
//!
//! Without this check the types would not fit either, but rustc's message does not say what to do. A macro sees only names. So
//! the check is limited to generators that yield types of the language and of `std`: none of these is written as `Print(…)`.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Generics, Path, Type, TypePath};

use crate::arguments::Exchange;
use crate::level::Level;
use crate::mistakes::Mistakes;
use crate::tokens::{is_punct, is_word};

/// Reports the requests that the body of a generator yields.
pub(crate) fn in_generator(
    exchange: &Exchange,
    generics: &Generics,
    body: TokenStream,
    mistakes: &mut Mistakes,
) {
    if is_of_std(&exchange.yields, generics) {
        yields(exchange.primed, body, mistakes);
    }
}

fn yields(receiver: bool, body: TokenStream, mistakes: &mut Mistakes) {
    let level = Level::new(body);
    let mut next = 0;
    while let Some(token) = level.tokens.get(next) {
        // Other functions and blocks have yields of their own, or none.
        if let Some(end) = level.others_at(next) {
            next = end;
            continue;
        }
        if let Some(request) = yielded(&level.tokens[next..]) {
            report(receiver, &request, mistakes);
        }
        if let TokenTree::Group(group) = token {
            yields(receiver, group.stream(), mistakes);
        }
        next += 1;
    }
}

/// The request in `yield_!(request)`.
fn yielded(rest: &[TokenTree]) -> Option<Ident> {
    match rest {
        [word, bang, TokenTree::Group(operand), ..]
            if is_word(word, "yield_") && is_punct(bang, '!') =>
        {
            request(operand.stream())
        }
        _ => None,
    }
}

/// The request, if an expression is nothing but a request: `Print(…)`, `Now`, `loop_core::Sleep(…)`.
fn request(value: TokenStream) -> Option<Ident> {
    let mut rest = value.into_iter().peekable();
    let mut path = Vec::new();
    loop {
        while rest.next_if(|token| is_punct(token, ':')).is_some() {}
        match rest.next()? {
            TokenTree::Ident(segment) => path.push(segment),
            _ => return None,
        }
        if rest.peek().is_none_or(|token| !is_punct(token, ':')) {
            break;
        }
    }
    // Only the fields of a tuple struct and a comma may follow: other tokens make another value of it.
    rest.next_if(|token| {
        matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
    });
    rest.next_if(|token| is_punct(token, ','));
    let is_ours = path.len() == 1 || path[0] == "loop_core";
    let name = path.pop()?;
    (is_ours && rest.next().is_none() && help(false, &name.to_string()).is_some()).then_some(name)
}

/// Whether a word is the name of a request whose answer can fail.
pub(crate) fn can_fail(word: &Ident) -> bool {
    let names = [
        "Stdin",
        "StdinBytes",
        "Print",
        "Println",
        "Eprint",
        "Eprintln",
    ];
    names.iter().any(|name| word == name)
}

fn report(receiver: bool, request: &Ident, mistakes: &mut Mistakes) {
    let kind = if receiver { "receiver" } else { "generator" };
    let what = format!("a {kind} has no event loop that could answer `{request}`");
    if let Some(help) = help(receiver, &request.to_string()) {
        let or = "or make this function a coroutine of the event loop: `#[loop_core::coroutine]`";
        mistakes.report(request, &what, &format!("{help}, {or}"));
    }
}

/// What to do instead of `request`; `None` if that is no request of the loop.
fn help(receiver: bool, request: &str) -> Option<&'static str> {
    Some(match request {
        "Print" | "Println" | "Eprint" | "Eprintln" if receiver => {
            "return the text, or `send` it to the next receiver"
        }
        "Print" | "Println" | "Eprint" | "Eprintln" => "yield the text to the caller",
        "Stdin" | "StdinBytes" => "let the caller `send` the input",
        "Sleep" | "SleepUntil" | "Clock" | "Spawn" | "Stop" | "Exit" | "Now" => {
            "leave that to the caller"
        }
        _ => return None,
    })
}

/// Whether `ty` consists only of types of the language and of `std`, as far as its names show.
pub(crate) fn is_of_std(ty: &Type, generics: &Generics) -> bool {
    struct Foreign {
        known: BTreeSet<String>,
        found: bool,
    }
    impl<'ast> Visit<'ast> for Foreign {
        fn visit_type_path(&mut self, ty: &'ast TypePath) {
            self.found |= ty.qself.is_some();
            visit::visit_type_path(self, ty);
        }

        fn visit_path(&mut self, path: &'ast Path) {
            let last = path.segments.last().map(|last| last.ident.to_string());
            self.found |= !last.is_some_and(|last| self.known.contains(&last));
            visit::visit_path(self, path);
        }
    }
    let parameters = generics
        .type_params()
        .map(|parameter| parameter.ident.to_string());
    let known = STD
        .iter()
        .map(|&name| name.to_owned())
        .chain(parameters)
        .collect();
    let mut foreign = Foreign {
        known,
        found: false,
    };
    foreign.visit_type(ty);
    !foreign.found
}

/// Types that a generator is likely to yield and that are not the user's.
const STD: &[&str] = &[
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16",
    "u32", "u64", "u128", "usize", "Arc", "BTreeMap", "BTreeSet", "Box", "Cow", "Duration",
    "HashMap", "HashSet", "Option", "OsString", "Path", "PathBuf", "Rc", "String", "Vec",
    "VecDeque",
];
