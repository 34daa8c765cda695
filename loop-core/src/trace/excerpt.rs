//! [`Excerpt`]: the head and the tail of a text or of bytes.

use std::fmt::{self, Debug, Display, Formatter, Write as _};
use std::str;

use crate::names::one_line;

/// Text or bytes. Of more than 32 bytes only the beginning and the end are kept.
///
/// It is written in quotes, and bytes that are not text are escaped. If it is cut, `…` marks the cut and the length in bytes
/// follows: `"Task C: Compute fact…ntly i=3...\n"(47)`. A cut never splits a character.
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt(Box<Cut>);

/// One allocation. Bytes that are not used are zero.
#[derive(Clone, PartialEq, Eq)]
struct Cut {
    kept: [u8; Excerpt::LONGEST],
    head: u8,
    tail: u8,
    length: usize,
}

impl Excerpt {
    /// A text with more bytes is cut.
    const LONGEST: usize = 32;
    /// How many bytes of the beginning are kept of a text that is cut; the others are kept of its end.
    const HEAD: usize = 20;

    pub(crate) fn of(bytes: impl AsRef<[u8]>) -> Excerpt {
        let bytes = bytes.as_ref();
        let (head, tail) = match bytes.len() <= Excerpt::LONGEST {
            true => (bytes, &bytes[..0]),
            false => ends(bytes),
        };
        let mut kept = [0; Excerpt::LONGEST];
        kept[..head.len()].copy_from_slice(head);
        kept[head.len()..][..tail.len()].copy_from_slice(tail);
        Excerpt(Box::new(Cut {
            kept,
            head: head.len() as u8,
            tail: tail.len() as u8,
            length: bytes.len(),
        }))
    }

    /// The first bytes; all bytes, if it is not cut.
    pub fn head(&self) -> &[u8] {
        &self.0.kept[..usize::from(self.0.head)]
    }

    /// The last bytes; none, if it is not cut.
    pub fn tail(&self) -> &[u8] {
        &self.0.kept[usize::from(self.0.head)..][..usize::from(self.0.tail)]
    }

    /// The length of the whole, in bytes.
    pub fn length(&self) -> usize {
        self.0.length
    }
}

/// Splits off the head and the tail of bytes that are to be cut.
fn ends(bytes: &[u8]) -> (&[u8], &[u8]) {
    let head = border(bytes, Excerpt::HEAD).0;
    let tail = border(bytes, bytes.len() - (Excerpt::LONGEST - Excerpt::HEAD)).1;
    (&bytes[..head], &bytes[tail..])
}

/// Beginning and end of the character at `index`; both are `index` if it is between two characters.
fn border(bytes: &[u8], index: usize) -> (usize, usize) {
    for start in index.saturating_sub(3)..index {
        for end in index + 1..=bytes.len().min(start + 4) {
            if str::from_utf8(&bytes[start..end]).is_ok_and(|text| text.chars().count() == 1) {
                return (start, end);
            }
        }
    }
    (index, index)
}

impl Display for Excerpt {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        escape(f, self.head())?;
        let is_cut = self.length() > Excerpt::LONGEST;
        if is_cut {
            f.write_char('…')?;
        }
        escape(f, self.tail())?;
        f.write_char('"')?;
        match is_cut {
            true => write!(f, "({})", self.length()),
            false => Ok(()),
        }
    }
}

fn escape(f: &mut Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        let (valid, invalid) = (chunk.valid(), chunk.invalid());
        write!(f, "{}{}", valid.escape_debug(), invalid.escape_ascii())?;
    }
    Ok(())
}

impl Debug for Excerpt {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

/// The text of a value or of arguments as one line.
pub(super) fn line(text: String) -> Box<str> {
    let text = match text.contains(char::is_control) {
        true => one_line(&text),
        false => text,
    };
    text.into_boxed_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_text_is_kept_whole() {
        let whole = Excerpt::of([b'x'; 32]);
        assert_eq!(
            (whole.head(), whole.tail(), whole.length()),
            ([b'x'; 32].as_slice(), [].as_slice(), 32)
        );
    }

    #[test]
    fn long_text_keeps_its_head_and_its_tail() {
        let text = "Task C: Compute factorial(4), currently i=3...\n";
        let cut = Excerpt::of(text);
        assert_eq!(cut.head(), b"Task C: Compute fact");
        assert_eq!(cut.tail(), b"ntly i=3...\n");
        assert_eq!(
            cut.to_string(),
            r#""Task C: Compute fact…ntly i=3...\n"(47)"#
        );
    }

    #[test]
    fn an_excerpt_is_quoted_text() {
        let text = |bytes: &[u8]| Excerpt::of(bytes).to_string();
        assert_eq!(text(b"plain"), r#""plain""#);
        assert_eq!(text("tab\t \"é\"".as_bytes()), r#""tab\t \"é\"""#);
        assert_eq!(text(b"\xff\0"), r#""\xff\0""#);
    }

    #[test]
    fn a_cut_goes_through_no_character() {
        let text = |bytes: &[u8]| Excerpt::of(bytes).to_string();
        let odd = format!("x{}x", "é".repeat(20));
        let expected = format!("\"x{}…{}x\"(42)", "é".repeat(9), "é".repeat(5));
        assert_eq!(text(odd.as_bytes()), expected);
        // Bytes that are no text are not mistaken for parts of a character.
        for byte in [b'\xff', b'\xc3', b'\x80'] {
            let shown = |count| byte.escape_ascii().to_string().repeat(count);
            let expected = format!("\"{}…{}\"(33)", shown(20), shown(12));
            assert_eq!(text(&[byte; 33]), expected);
        }
    }

    #[test]
    fn a_value_is_one_line() {
        assert_eq!(&*line("Err(\"boom\")".to_owned()), "Err(\"boom\")");
        assert_eq!(&*line("a\n\tb".to_owned()), r"a\n\tb");
    }
}
