//! The paths that a file names, in `use` items and anywhere else.

use crate::lexer::is_word;

/// A path as it is written, one leaf of a `use` tree or one in an expression, a type or a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) segments: Vec<String>,
    pub(crate) place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `use …`: the file needs the item.
    Use,
    /// `pub use …`, with any visibility: others may name the item here.
    Export,
    Code,
}

/// Every path of the file, single words in code included.
pub(crate) fn named(tokens: &[String]) -> Vec<Named> {
    let mut paths = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at] == "use" {
            let place = match is_visible(&tokens[..at]) {
                true => Place::Export,
                false => Place::Use,
            };
            at = tree(tokens, at + 1, &[], place, &mut paths);
        } else if is_word(&tokens[at]) {
            let mut segments = Vec::new();
            at = straight(tokens, at, &mut segments);
            paths.push(Named {
                segments,
                place: Place::Code,
            });
        } else {
            at += 1;
        }
    }
    paths
}

/// Whether what comes next has a visibility: `pub` or `pub(…)`.
fn is_visible(before: &[String]) -> bool {
    let restricted = || before.iter().rposition(|token| token == "(");
    let end = match before.last().map(String::as_str) {
        Some(")") => restricted(),
        _ => Some(before.len()),
    };
    end.is_some_and(|end| before[..end].last().is_some_and(|token| token == "pub"))
}

/// Words with `::` between them. Gives the place behind.
fn straight(tokens: &[String], mut at: usize, segments: &mut Vec<String>) -> usize {
    loop {
        segments.push(tokens[at].clone());
        at += 1;
        let goes_on = |at: usize| tokens.get(at + 1).is_some_and(|token| is_word(token));
        if tokens.get(at).is_none_or(|token| token != "::") || !goes_on(at) {
            return at;
        }
        at += 1;
    }
}

/// A `use` tree below `above`. Gives the place behind.
fn tree(
    tokens: &[String],
    mut at: usize,
    above: &[String],
    place: Place,
    paths: &mut Vec<Named>,
) -> usize {
    let mut segments = above.to_vec();
    while at < tokens.len() {
        match tokens[at].as_str() {
            "::" => at += 1,
            "{" => return branches(tokens, at + 1, &segments, place, paths),
            "as" => at += 2,
            "*" => {
                segments.push("*".to_owned());
                at += 1;
            }
            word if is_word(word) => {
                segments.push(word.to_owned());
                at += 1;
            }
            _ => break,
        }
    }
    // In `quote!(use #path::name;)` none is written.
    if !segments.is_empty() {
        paths.push(Named { segments, place });
    }
    at
}

/// Trees with commas between them, up to the brace that closes. Gives the place behind.
fn branches(
    tokens: &[String],
    mut at: usize,
    above: &[String],
    place: Place,
    paths: &mut Vec<Named>,
) -> usize {
    while at < tokens.len() && tokens[at] != "}" {
        match tokens[at].as_str() {
            "," => at += 1,
            _ => at = tree(tokens, at, above, place, paths),
        }
    }
    at + 1
}

mod reads {
    use super::*;
    use crate::lexer::tokens;

    fn texts(code: &str, place: Place) -> Vec<String> {
        let paths = named(&tokens(code)).into_iter();
        let here = paths.filter(|path| path.place == place);
        here.map(|path| path.segments.join("::")).collect()
    }

    #[test]
    fn every_leaf_of_a_use_tree() {
        assert_eq!(
            texts("use crate::{a::{b, c as d}, e, f::*};", Place::Use),
            ["crate::a::b", "crate::a::c", "crate::e", "crate::f::*"]
        );
    }

    #[test]
    fn exports_apart_from_uses() {
        let code = "use a::b; pub use c::d; pub(crate) use e::f; pub(in crate::x) use g::h;";
        assert_eq!(texts(code, Place::Use), ["a::b"]);
        assert_eq!(texts(code, Place::Export), ["c::d", "e::f", "g::h"]);
        assert_eq!(texts("pub fn f() {} use a::b;", Place::Use), ["a::b"]);
    }

    #[test]
    fn no_path_that_a_macro_puts_in() {
        assert_eq!(texts("quote!(use #path::a;)", Place::Use), [""; 0]);
    }

    #[test]
    fn paths_in_code() {
        let code = "fn f(x: &crate::a::B) -> super::C { self::d::e::<u8>(x) }";
        let paths = texts(code, Place::Code);
        for path in ["crate::a::B", "super::C", "self::d::e"] {
            assert!(paths.iter().any(|found| found == path), "{path}: {paths:?}");
        }
    }
}
