//! How deep tokens nest, measured without recursion.
//!
//! This crate, `syn` and rustc all walk over nested tokens by recursion, so a program that nests too deep would overflow the
//! stack of the compiler. These checks come before every such walk.

use proc_macro2::{Delimiter, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use syn::{Error, Result};

use crate::mistakes::text;
use crate::tokens::is_braces;

/// So many groups may be inside one another. It is rustc's limit for macros inside one another.
const GROUPS: usize = 128;

/// So many operators, or words like `return`, may follow one another. rustc overflows on some thousands of them.
const ROW: usize = 512;

/// How deep a part that `syn` parses may nest. It can nest at every token: each is counted once, those that begin something
/// that is inside something else [`NESTS`] times.
const WEIGHT: usize = 512;
const NESTS: usize = 8;

/// Checks that groups do not nest too deep, and that not too many operators follow one another.
pub(crate) fn groups(tokens: &TokenStream) -> Result<()> {
    let mut open = vec![tokens.clone().into_iter()];
    let mut row = 0;
    while let Some(level) = open.last_mut() {
        let token = level.next();
        row = match &token {
            Some(token) if nests(token) => row + 1,
            Some(TokenTree::Punct(_)) => row,
            _ => 0,
        };
        match token {
            Some(TokenTree::Group(group)) if open.len() > GROUPS => {
                let what = format!("more than {GROUPS} brackets are open here");
                let help = "move an inner part into a function of its own";
                return Err(Error::new(group.span_open(), text(&what, help)));
            }
            Some(TokenTree::Group(group)) => open.push(group.stream().into_iter()),
            Some(token) if row > ROW => return Err(too_deep(token.span())),
            Some(_) => {}
            None => drop(open.pop()),
        }
    }
    Ok(())
}

fn too_deep(here: Span) -> Error {
    let what = "this is nested too deep, or too long, to be parsed";
    let help = "move a part of it into a `let`, a function or a type of its own";
    Error::new(here, text(what, help))
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
pub(crate) struct Level {
    /// The weight of the tokens since the last separator. The parts between two separators do not nest in each other.
    run: usize,
    /// How deep the deepest group since the last separator nests.
    inner: usize,
    /// How deep the parts before nest.
    depth: usize,
    /// The `<` without a `>`: a comma between them separates no expressions.
    angles: usize,
    /// Within the arguments of a closure, which have commas between them.
    bars: bool,
    after_braces: bool,
    /// An operand ended with the last token, so an operator that follows has two operands. Chains of those do not nest.
    after_operand: bool,
    /// The last token is a punctuation mark that belongs to the next one: of what, and whether it follows an operand.
    joint: Option<(char, bool)>,
}

impl Level {
    /// Counts a token. Returns whether a part of the level ended with the token, or before it.
    pub(crate) fn add(&mut self, token: &TokenTree) -> bool {
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
        self.run += if self.nests(token) { NESTS } else { 1 };
        self.after_operand = match token {
            TokenTree::Punct(punct) => punct.as_char() == '?',
            // The name of a lifetime is no operand.
            TokenTree::Ident(word) => {
                let is_lifetime = matches!(self.joint, Some(('\'', _)));
                !is_lifetime && !is_nesting(word) && word != "else" && word != "as"
            }
            TokenTree::Literal(_) => true,
            // Behind a statement's braces another statement may begin.
            TokenTree::Group(_) => !is_braces(token),
        };
        separated
    }

    /// Whether more may begin at `token` that is inside what has begun before: an operand, a type or a pattern.
    fn nests(&mut self, token: &TokenTree) -> bool {
        let joint = self.joint.take();
        match token {
            TokenTree::Punct(punct) => {
                let follows_operand = match joint {
                    Some((first, follows_operand)) => {
                        follows_operand && is_operator(first, punct.as_char())
                    }
                    None => self.after_operand,
                };
                if punct.spacing() == Spacing::Joint {
                    // Behind two marks an operand begins: `a &&&b`.
                    self.joint = Some((punct.as_char(), follows_operand && joint.is_none()));
                }
                let is_flat = follows_operand && is_flat(joint.map(|(first, _)| first), punct);
                // An arrow is an operator of types, which nest.
                let is_arrow = matches!((joint, punct.as_char()), (Some(('-', _)), '>'));
                is_arrow || !is_flat && punct_nests(punct)
            }
            other => nests(other),
        }
    }

    fn check(&self, here: Span) -> Result<()> {
        match self.run + self.inner > WEIGHT {
            true => Err(too_deep(here)),
            false => Ok(()),
        }
    }

    fn separate(&mut self) {
        self.depth = self.depth.max(self.run + self.inner);
        (self.run, self.inner, self.angles, self.bars) = (0, 0, 0, false);
    }

    fn separates(&mut self, punct: char) -> bool {
        match punct {
            '<' => self.angles += 1,
            '>' => self.angles = self.angles.saturating_sub(1),
            '|' if self.bars => self.bars = false,
            // Between two operands it is an operator, or there is a choice between patterns.
            '|' => self.bars = !self.after_operand && !matches!(self.joint, Some(('|', true))),
            _ => {}
        }
        punct == ';' || punct == ',' && self.angles == 0 && !self.bars
    }
}

/// Whether more may begin at `token` that is inside what has begun before, whatever the tokens before it are.
fn nests(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => punct_nests(punct),
        TokenTree::Ident(word) => is_nesting(word),
        // What a macro was passed as an expression: `syn` may parse on at its end.
        TokenTree::Group(group) => group.delimiter() == Delimiter::None,
        TokenTree::Literal(_) => false,
    }
}

fn is_nesting(word: &Ident) -> bool {
    NESTING_WORDS.iter().any(|nesting| word == nesting)
}

/// Whether two marks are an operator whose chains do not nest.
fn is_operator(first: char, second: char) -> bool {
    matches!((first, second), ('&', '&') | ('|', '|') | ('=' | '!', '='))
}

/// Whether an operator between two operands, or a part of one behind `first`, makes a chain that does not nest. Assignments do.
fn is_flat(first: Option<char>, punct: &Punct) -> bool {
    match (first, punct.as_char()) {
        (None, '=') => punct.spacing() == Spacing::Joint,
        (Some('=' | '!'), '=') => true,
        (_, other) => "!-*&|".contains(other),
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
