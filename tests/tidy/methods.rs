//! A type whose methods are in several files: which file calls methods of which other, and which structs have visible fields.
//!
//! Methods of one type need no `use`, so imports do not show these calls.

use std::collections::{BTreeMap, BTreeSet};

use crate::arrows::Arrows;
use crate::lexer::{closing, is_word};

/// A file with what stands in the type's `impl` blocks.
struct Part<'a> {
    file: &'a str,
    tokens: &'a [String],
    blocks: Vec<&'a [String]>,
}

/// A call from one file to another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Call {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) method: String,
}

/// The calls between files of the methods of a type: `self.method(…)` in one of its `impl` blocks, or `name.method(…)` for a
/// variable that is named as the type is, in small letters.
pub(crate) fn calls<'a>(
    of: &str,
    files: impl IntoIterator<Item = (&'a str, &'a [String])>,
) -> BTreeSet<Call> {
    let parts = files.into_iter().map(|(file, tokens)| Part {
        file,
        tokens,
        blocks: blocks(of, tokens),
    });
    let parts: Vec<Part<'_>> = parts.collect();
    let defined = parts.iter().flat_map(|part| {
        let methods = part.blocks.iter().flat_map(|block| methods(block));
        methods.map(|method| (method, part.file))
    });
    let homes: BTreeMap<&str, &str> = defined.collect();
    let variable = of.to_lowercase();
    let calls = parts.iter().flat_map(|part| {
        let own = part.blocks.iter().flat_map(|block| called("self", block));
        let called = own.chain(called(&variable, part.tokens));
        let to = called.filter_map(|method| Some((method, *homes.get(method)?)));
        let others = to.filter(|(_, to)| *to != part.file);
        let calls = others.map(|(method, to)| Call {
            from: part.file.to_owned(),
            to: to.to_owned(),
            method: method.to_owned(),
        });
        calls.collect::<Vec<_>>()
    });
    calls.collect()
}

/// The files between which there are calls.
pub(crate) fn arrows(calls: &BTreeSet<Call>) -> Arrows {
    let mut arrows = Arrows::new();
    let name = |file: &str| file.trim_end_matches(".rs").to_owned();
    for call in calls {
        arrows.entry(name(&call.to)).or_default();
        arrows
            .entry(name(&call.from))
            .or_default()
            .insert(name(&call.to));
    }
    arrows
}

/// What stands in the braces of each `impl … Of<…> { … }`, for a trait or not.
fn blocks<'a>(of: &str, tokens: &'a [String]) -> Vec<&'a [String]> {
    let starts = (0..tokens.len()).filter(|at| tokens[*at] == "impl");
    let blocks = starts.filter_map(|start| {
        let open = start + tokens[start..].iter().position(|token| token == "{")?;
        let header = &tokens[start + 1..open];
        (self_type(header) == Some(of)).then(|| &tokens[open + 1..closing(tokens, open)])
    });
    blocks.collect()
}

/// The type in `<W: World> Trait for Type<W> where …`: its last word before its own generics.
fn self_type(header: &[String]) -> Option<&str> {
    let behind_generics = generics_end(header);
    let behind_for = header.iter().position(|token| token == "for");
    let mut words = header[behind_for.map_or(behind_generics, |at| at + 1)..].iter();
    let words = words
        .by_ref()
        .take_while(|token| is_word(token) || *token == "::");
    words.last().map(String::as_str)
}

/// Behind the generics that `tokens` begin with, if they do.
fn generics_end(tokens: &[String]) -> usize {
    let mut depth = 0;
    let end = (0..tokens.len()).find(|at| {
        depth += match tokens[*at].as_str() {
            "<" => 1,
            ">" if tokens[at - 1] != "-" => -1,
            _ => 0,
        };
        depth == 0
    });
    match tokens.first().map(String::as_str) {
        Some("<") => end.map_or(tokens.len(), |end| end + 1),
        _ => 0,
    }
}

/// The functions of an `impl` block.
fn methods(block: &[String]) -> Vec<&str> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < block.len() {
        match block[at].as_str() {
            "fn" => found.extend(block.get(at + 1).map(String::as_str)),
            // The bodies hold functions of their own.
            "{" => at = closing(block, at),
            _ => {}
        }
        at += 1;
    }
    found
}

/// The methods in `receiver.method(…)` and `receiver.method::<…>(…)`.
fn called<'a>(receiver: &str, tokens: &'a [String]) -> impl Iterator<Item = &'a str> {
    tokens.windows(4).filter_map(move |window| {
        let [who, dot, method, open] = window else {
            return None;
        };
        let is_call = who == receiver && dot == "." && (open == "(" || open == "::");
        is_call.then_some(method.as_str())
    })
}

/// The structs that have fields with a visibility, and so can be changed from outside their module.
pub(crate) fn open_structs(tokens: &[String]) -> Vec<&str> {
    let starts = (0..tokens.len()).filter(|at| tokens[*at] == "struct");
    let named = starts.filter_map(|start| Some((tokens.get(start + 1)?, &tokens[start + 2..])));
    let open = named.filter(|(_, rest)| fields(rest).iter().any(|token| token == "pub"));
    open.map(|(name, _)| name.as_str()).collect()
}

/// The fields of a struct, with their brackets, in what comes behind its name.
fn fields(behind_name: &[String]) -> &[String] {
    let body = &behind_name[generics_end(behind_name)..];
    let open = match body.first().map(String::as_str) {
        Some("(") => 0,
        _ => {
            let is_body = |token: &String| token == "{" || token == ";";
            body.iter().position(is_body).unwrap_or(body.len())
        }
    };
    match body.get(open).map(String::as_str) {
        Some("{" | "(") => &body[open..closing(body, open)],
        _ => &[],
    }
}

mod finds {
    use super::*;
    use crate::lexer::tokens;

    fn found(files: &[(&str, &str)]) -> String {
        let files: Vec<_> = files
            .iter()
            .map(|(file, code)| (*file, tokens(code)))
            .collect();
        let calls = calls(
            "Kernel",
            files
                .iter()
                .map(|(file, tokens)| (*file, tokens.as_slice())),
        );
        let calls = calls
            .iter()
            .map(|call| format!("{}->{}.{}", call.from, call.to, call.method));
        calls.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn calls_of_methods_in_other_files() {
        let turn = "impl<W: World, P: Policy<W>, R> Kernel<W, P, R> { fn turn(&mut self) { self.interpret(x); self.other() } fn other(&self) {} }";
        let interpret = "impl<W, P, R> Kernel<W, P, R> where W: World { fn interpret(&mut self) { self.park() } }";
        let wait =
            "impl<W, P, R> super::Kernel<W, P, R> { fn park(&mut self) { self.tasks.turn(); } }";
        assert_eq!(
            found(&[("turn", turn), ("interpret", interpret), ("wait", wait)]),
            "interpret->wait.park turn->interpret.interpret"
        );
    }

    #[test]
    fn calls_on_a_variable_and_in_implementations_of_traits() {
        let ends = "impl Kernel { fn end(&mut self) {} fn told<T>(&self) {} }";
        let guard = "impl Drop for Guard { fn drop(&mut self) { self.end(); } } fn f(kernel: &mut Kernel) { kernel.told::<u8>() }";
        assert_eq!(
            found(&[("ends", ends), ("guard", guard)]),
            "guard->ends.told"
        );
        let drops = "impl<W> Drop for Kernel<W> { fn drop(&mut self) { self.end() } }";
        assert_eq!(
            found(&[("ends", ends), ("drops", drops)]),
            "drops->ends.end"
        );
    }

    #[test]
    fn arrows_between_the_files_of_calls() {
        let call = |from: &str, to: &str, method: &str| Call {
            from: from.to_owned(),
            to: to.to_owned(),
            method: method.to_owned(),
        };
        let calls = [call("a.rs", "b.rs", "x"), call("a.rs", "b.rs", "y")];
        let arrows = arrows(&calls.into());
        assert_eq!(format!("{arrows:?}"), r#"{"a": {"b"}, "b": {}}"#);
    }

    #[test]
    fn no_calls_of_methods_of_other_types() {
        let queue = "impl Queue { fn push(&mut self) {} fn two(&mut self) { self.push() } }";
        let kernel = "impl Kernel { fn push(&mut self) { fn two() {} } }";
        assert_eq!(found(&[("queue", queue), ("kernel", kernel)]), "");
    }

    #[test]
    fn structs_with_open_fields() {
        let open = |code: &str| open_structs(&tokens(code)).concat();
        assert_eq!(
            open("pub(crate) struct A { a: u8, b: Vec<u8> } pub fn f() {}"),
            ""
        );
        assert_eq!(
            open("struct A { pub(crate) a: u8 } struct B(u8); struct C;"),
            "A"
        );
        assert_eq!(
            open("struct A(pub(super) u8); struct B<T: Fn(u8)> { pub b: T }"),
            "AB"
        );
        assert_eq!(open("struct A; pub struct B;"), "");
    }
}
