//! How deep tokens nest, measured without recursion.
//!
//! This crate, `syn` and rustc all walk over nested tokens by recursion, so a program that nests too deep would overflow the
//! stack of the compiler. These checks come before every such walk.

use proc_macro2::{Delimiter, Punct, Spacing, Span, TokenStream, TokenTree};
use syn::{Error, Result};

use crate::mistakes::text;
use crate::tokens::is_braces;

/// So many groups may be inside one another. It is rustc's limit for macros inside one another.
const GROUPS: usize = 128;

/// How deep a part that `syn` parses may nest. It can nest at every token: each is counted once, those that begin something
/// that is inside something else [`NESTS`] times.
const WEIGHT: usize = 512;
const NESTS: usize = 8;

/// Checks that groups do not nest too deep.
pub(crate) fn groups(tokens: &TokenStream) -> Result<()> {
    let mut open = vec![tokens.clone().into_iter()];
    while let Some(level) = open.last_mut() {
        match level.next() {
            Some(TokenTree::Group(group)) if open.len() > GROUPS => {
                let what = format!("more than {GROUPS} brackets are open here");
                let help = "move an inner part into a function of its own";
                return Err(Error::new(group.span_open(), text(&what, help)));
            }
            Some(TokenTree::Group(group)) => open.push(group.stream().into_iter()),
            Some(_) => {}
            None => drop(open.pop()),
        }
    }
    Ok(())
}

/// Checks tokens that `syn` parses, in which groups do not nest too deep.
pub(crate) fn syntax(tokens: TokenStream) -> Result<()> {
    let mut open = vec![(Span::call_site(), tokens.into_iter(), Level::default())];
    while let Some((_, rest, level)) = open.last_mut() {
        match rest.next() {
            Some(token) => {
                level.add(&token);
                level.check(token.span())?;
                if let TokenTree::Group(group) = token {
                    let inside = group.stream().into_iter();
                    open.push((group.span_open(), inside, Level::default()));
                }
            }
            None => {
                level.separate();
                let depth = level.depth;
                let here = open.pop().map(|(here, ..)| here);
                if let (Some(here), Some((_, _, outer))) = (here, open.last_mut()) {
                    outer.inner = outer.inner.max(NESTS + depth);
                    outer.check(here)?;
                }
            }
        }
    }
    Ok(())
}

/// Checks the operand of a `yield` at the beginning of `tokens`. No more of them is taken, so that all operands of a block are
/// checked in linear time.
pub(crate) fn operand(tokens: impl Iterator<Item = TokenTree>) -> Result<()> {
    let mut level = Level::default();
    syntax(tokens.take_while(|token| !level.add(token)).collect())
}

/// A group that is being measured.
#[derive(Default)]
struct Level {
    /// The weight of the tokens since the last separator. The parts between two separators do not nest in each other.
    run: usize,
    /// How deep the deepest group since the last separator nests.
    inner: usize,
    /// How deep the parts before nest.
    depth: usize,
    /// The `<` without a `>`: a comma between them separates no expressions.
    angles: usize,
    /// A closure may have begun, whose arguments have commas between them.
    bars: bool,
    after_braces: bool,
}

impl Level {
    /// Counts a token. Returns whether a part of the level ended with the token, or before it.
    fn add(&mut self, token: &TokenTree) -> bool {
        let separated = match token {
            TokenTree::Punct(punct) => self.separates(punct.as_char()),
            // A statement, or an arm of a `match`, that ended with its braces.
            TokenTree::Ident(word) => {
                self.after_braces && !["else", "as", "in"].iter().any(|other| word == other)
            }
            TokenTree::Literal(_) => self.after_braces,
            TokenTree::Group(_) => false,
        };
        if separated {
            self.separate();
        }
        self.after_braces = is_braces(token);
        self.run += if nests(token) { NESTS } else { 1 };
        separated
    }

    fn check(&self, here: Span) -> Result<()> {
        if self.run + self.inner <= WEIGHT {
            return Ok(());
        }
        let what = "this is nested too deep, or too long, to be parsed";
        let help = "move a part of it into a `let`, a function or a type of its own";
        Err(Error::new(here, text(what, help)))
    }

    fn separate(&mut self) {
        self.depth = self.depth.max(self.run + self.inner);
        (self.run, self.inner, self.angles, self.bars) = (0, 0, 0, false);
    }

    fn separates(&mut self, punct: char) -> bool {
        match punct {
            '<' => self.angles += 1,
            '>' => self.angles = self.angles.saturating_sub(1),
            '|' => self.bars = true,
            _ => {}
        }
        punct == ';' || punct == ',' && self.angles == 0 && !self.bars
    }
}

/// Whether more may begin at `token` that is inside what has begun before: an operand, a type or a pattern.
fn nests(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => punct_nests(punct),
        TokenTree::Ident(word) => NESTING_WORDS.iter().any(|nesting| word == nesting),
        // What a macro was passed as an expression: `syn` may parse on at its end.
        TokenTree::Group(group) => group.delimiter() == Delimiter::None,
        TokenTree::Literal(_) => false,
    }
}

fn punct_nests(punct: &Punct) -> bool {
    match punct.as_char() {
        // `a.b` is flat, and `..` is not.
        '.' | ':' => punct.spacing() == Spacing::Joint,
        other => "!-*&|<=@".contains(other),
    }
}

const NESTING_WORDS: &[&str] = &[
    "async", "become", "box", "break", "const", "do", "dyn", "extern", "fn", "for", "if", "impl",
    "in", "let", "match", "move", "mut", "raw", "ref", "return", "static", "unsafe", "while",
    "yield",
];
