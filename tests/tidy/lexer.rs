//! Source text as tokens: words, `::`, and single characters of punctuation.
//!
//! Comments, the contents of strings, and what only tests see are left out.

use std::iter::Peekable;
use std::str::Chars;

/// The tokens of a file, without the items that only a test build has.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let mut lexer = Lexer {
        rest: text.chars().peekable(),
        tokens: Vec::new(),
    };
    while let Some(character) = lexer.rest.next() {
        lexer.token(character);
    }
    without_tests(lexer.tokens)
}

pub(crate) fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// Where the bracket that opens at `open` is closed, or the end.
pub(crate) fn closing(tokens: &[String], open: usize) -> usize {
    let mut depth = 0;
    let at = tokens[open..].iter().position(|token| {
        depth += match token.as_str() {
            "{" | "(" | "[" => 1,
            "}" | ")" | "]" => -1,
            _ => 0,
        };
        depth == 0
    });
    at.map_or(tokens.len(), |at| open + at)
}

struct Lexer<'a> {
    rest: Peekable<Chars<'a>>,
    tokens: Vec<String>,
}

impl Lexer<'_> {
    fn token(&mut self, first: char) {
        match first {
            '/' if self.next_is('/') => self.skip_line(),
            '/' if self.next_is('*') => self.skip_block(),
            '"' => self.skip_string(),
            '\'' => self.skip_quoted(),
            ':' if self.next_is(':') => {
                self.rest.next();
                self.tokens.push("::".to_owned());
            }
            _ if first.is_alphanumeric() || first == '_' => self.word(first),
            _ if first.is_whitespace() => {}
            _ => self.tokens.push(first.to_string()),
        }
    }

    fn next_is(&mut self, character: char) -> bool {
        self.rest.peek() == Some(&character)
    }

    fn word(&mut self, first: char) {
        let mut word = String::from(first);
        while let Some(c) = self.rest.next_if(|c| c.is_alphanumeric() || *c == '_') {
            word.push(c);
        }
        let is_raw = matches!(word.as_str(), "r" | "br" | "cr");
        if is_raw && (self.next_is('"') || self.next_is('#')) {
            self.skip_raw_string();
        } else {
            self.tokens.push(word);
        }
    }

    fn skip_line(&mut self) {
        self.rest.by_ref().find(|c| *c == '\n');
    }

    /// A block comment, which may hold others.
    fn skip_block(&mut self) {
        let mut depth = 0;
        let mut before = '/';
        for c in self.rest.by_ref() {
            match (before, c) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => {
                    before = c;
                    continue;
                }
            }
            if depth == 0 {
                return;
            }
            before = ' ';
        }
    }

    fn skip_string(&mut self) {
        while let Some(c) = self.rest.next() {
            match c {
                '\\' => drop(self.rest.next()),
                '"' => return,
                _ => {}
            }
        }
    }

    /// From the first `#` or quote of `r#"…"#` on. `r#word` is a word.
    fn skip_raw_string(&mut self) {
        let mut hashes = 0;
        while self.rest.next_if_eq(&'#').is_some() {
            hashes += 1;
        }
        if self.rest.next_if_eq(&'"').is_none() {
            return;
        }
        let mut seen = None;
        for c in self.rest.by_ref() {
            seen = match (c, seen) {
                ('"', _) => Some(0),
                ('#', Some(seen)) => Some(seen + 1),
                _ => None,
            };
            if seen == Some(hashes) {
                return;
            }
        }
    }

    /// A character, or the tick of a lifetime.
    fn skip_quoted(&mut self) {
        match self.rest.next() {
            Some('\\') => {
                self.rest.next();
                self.rest.by_ref().find(|c| *c == '\'');
            }
            Some(first) if !self.next_is('\'') => self.skip_lifetime(first),
            _ => drop(self.rest.next()),
        }
    }

    fn skip_lifetime(&mut self, first: char) {
        if first.is_alphanumeric() || first == '_' {
            while self
                .rest
                .next_if(|c| c.is_alphanumeric() || *c == '_')
                .is_some()
            {}
        }
    }
}

/// The tokens without each item that `#[cfg(test)]` stands before.
fn without_tests(tokens: Vec<String>) -> Vec<String> {
    const CFG: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at..].iter().take(CFG.len()).eq(CFG.iter()) {
            at = item_end(&tokens, at + CFG.len());
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Behind the item that begins at `at`: behind its braces, or its semicolon.
fn item_end(tokens: &[String], at: usize) -> usize {
    let end = (at..tokens.len()).find(|at| matches!(tokens[*at].as_str(), "{" | ";"));
    end.map_or(tokens.len(), |end| match tokens[end].as_str() {
        "{" => closing(tokens, end) + 1,
        _ => end + 1,
    })
}

mod reads {
    use super::tokens;

    fn joined(text: &str) -> String {
        tokens(text).join(" ")
    }

    #[test]
    fn words_paths_and_punctuation() {
        assert_eq!(joined("a::b_1(c, 2)"), "a :: b_1 ( c , 2 )");
    }

    #[test]
    fn no_comments() {
        assert_eq!(joined("a // b\nc /* d /* e */ f */ g"), "a c g");
    }

    #[test]
    fn no_contents_of_strings() {
        assert_eq!(
            joined(r#"f("a \" b", 'c', '"', '\'', '\u{7f}') + g"#),
            "f ( , , , , ) + g"
        );
        assert_eq!(
            joined("f(r#\"a \" b\"#, b\"c\", br\"d\") g"),
            "f ( , b , ) g"
        );
        assert_eq!(joined("\"a\nb\" c"), "c");
    }

    #[test]
    fn lifetimes_apart_from_characters() {
        assert_eq!(
            joined("fn f<'a>(x: &'a str, y: &'_ u8)"),
            "fn f < > ( x : & str , y : & u8 )"
        );
    }

    #[test]
    fn no_items_of_tests() {
        assert_eq!(joined("a #[cfg(test)] mod tests { fn f() {} } b"), "a b");
        assert_eq!(joined("#[cfg(test)]\nuse a::{b};\nc"), "; c");
        assert_eq!(joined("#[cfg(test)]\nuse a;\nc"), "c");
    }
}
