//! Where a `yield` stands among its neighbours, which says where its operand ends.

use proc_macro2::{Spacing, TokenTree};

use crate::tokens::{is_braces, is_punct, is_word};

/// Where a token stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    /// A `{` after it can begin a struct literal.
    Anywhere,
    /// In the head of an `if`, `while`, `match` or `for`: a `{` after it begins the body.
    Head,
    /// In a condition with a `let`, whose parts `&&` separates.
    Chain,
}

/// The head of an `if`, `while`, `match` or `for`, whose body has not been found yet.
struct Open {
    begin: usize,
    has_let: bool,
    /// Between `let` and `=`, where braces belong to the pattern.
    in_pattern: bool,
}

/// The places of all tokens of one level. Tokens in a group are another level.
pub(crate) fn places(tokens: &[TokenTree]) -> Vec<Place> {
    let mut places = vec![Place::Anywhere; tokens.len()];
    let mut heads: Vec<Open> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        // `in` and not `for`, which `impl … for` has as well.
        if ["if", "while", "match", "in"]
            .iter()
            .any(|word| is_word(token, word))
        {
            heads.push(Open {
                begin: at,
                has_let: false,
                in_pattern: false,
            });
            continue;
        }
        let Some(head) = heads.last_mut() else {
            continue;
        };
        let before = &tokens[..at];
        if is_word(token, "let") {
            (head.has_let, head.in_pattern) = (true, true);
        } else if head.in_pattern {
            // Not the end of `..=`.
            head.in_pattern =
                !is_punct(token, '=') || before.last().is_some_and(|token| is_punct(token, '.'));
        } else if is_braces(token) && ends_operand(before) {
            heads
                .pop()
                .into_iter()
                .for_each(|head| head.close(at, &mut places));
        } else if is_end(token, tokens.get(at + 1)) {
            heads
                .drain(..)
                .rev()
                .for_each(|head| head.close(at, &mut places));
        }
    }
    heads
        .into_iter()
        .rev()
        .for_each(|head| head.close(tokens.len(), &mut places));
    places
}

impl Open {
    /// The head ends before the token `end`. Heads in it have been closed.
    fn close(self, end: usize, places: &mut [Place]) {
        let place = if self.has_let {
            Place::Chain
        } else {
            Place::Head
        };
        let within = places[self.begin..end].iter_mut();
        within
            .filter(|place| **place == Place::Anywhere)
            .for_each(|found| *found = place);
    }
}

/// Whether no head and no operand goes on at `token`: `;`, or the `=>` of a match arm.
pub(crate) fn is_end(token: &TokenTree, next: Option<&TokenTree>) -> bool {
    is_punct(token, ';') || is_pair(token, next, '=', '>')
}

/// Whether `token` begins an `&&` or `||` between two operands.
pub(crate) fn is_lazy(before: &[TokenTree], token: &TokenTree, next: Option<&TokenTree>) -> bool {
    let is_operator = is_pair(token, next, '&', '&') || is_pair(token, next, '|', '|');
    is_operator && ends_operand(before)
}

/// Whether `token` and `next` are one operator.
fn is_pair(token: &TokenTree, next: Option<&TokenTree>, first: char, second: char) -> bool {
    let joint = matches!(token, TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint);
    joint && is_punct(token, first) && next.is_some_and(|next| is_punct(next, second))
}

/// Words after which an operand begins. After any other word a `{` begins a body.
const BEFORE_OPERANDS: [&str; 14] = [
    "as", "async", "break", "const", "else", "if", "in", "loop", "match", "move", "return",
    "unsafe", "while", "yield",
];

/// Whether an operand can end with the last of `tokens`.
fn ends_operand(tokens: &[TokenTree]) -> bool {
    match tokens.last() {
        Some(TokenTree::Ident(word)) => !BEFORE_OPERANDS.iter().any(|before| word == before),
        // The last dot of `0..`, and the end of a type, as in `x as Vec<u8>`.
        Some(TokenTree::Punct(punct)) => matches!(punct.as_char(), '?' | '.' | '>'),
        Some(_) => true,
        None => false,
    }
}
