//! [`Excerpt`]: the head and the tail of a text or of bytes.

use std::fmt::{self, Debug, Display, Formatter, Write as _};
use std::str;

use crate::names::one_line;

/// Text or bytes. Of more than a [limit](crate::Builder::text_limit), 32 bytes by default, only the beginning and the end are kept.
///
/// It is written in quotes, and bytes that are not text are escaped. If it is cut, `…` marks the cut and the length in bytes
/// follows: `"Task C: Compute fact…ntly i=3...\n"(47)`. A cut never splits a character.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::trace::Detail;
///
/// #[loop_core::coroutine]
/// fn counts() -> std::io::Result<()> {
///     yield_!(Print("0123456789"))
/// }
///
/// let run = Sim::new().text_limit(8).run(counts);
/// let texts = run.trace().events().iter().filter_map(|event| match event.detail() {
///     Detail::Text(text) => Some(text),
///     _ => None,
/// });
/// let printed = texts.last().unwrap();
/// assert_eq!(printed.to_string(), r#""01234…789"(10)"#);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt(Box<Cut>);

/// A text of usual length is one allocation.
#[derive(Clone, PartialEq, Eq)]
enum Cut {
    /// Bytes that are not used are zero.
    Short {
        kept: [u8; Excerpt::SHORT],
        head: u8,
        tail: u8,
        length: usize,
    },
    Long {
        head: Box<[u8]>,
        tail: Box<[u8]>,
        length: usize,
    },
}

/// A text with more bytes is cut, unless a loop has another limit.
pub(crate) const TEXT_LIMIT: usize = 32;

impl Excerpt {
    /// So many bytes need no allocation of their own.
    const SHORT: usize = TEXT_LIMIT;

    /// Keeps at most `limit` bytes.
    pub(crate) fn of(bytes: impl AsRef<[u8]>, limit: usize) -> Excerpt {
        let bytes = bytes.as_ref();
        match bytes.len() <= limit.min(Excerpt::SHORT) {
            true => Excerpt::short(bytes, &[], bytes.len()),
            false => Excerpt::long(bytes, limit),
        }
    }

    #[inline(always)]
    fn short(head: &[u8], tail: &[u8], length: usize) -> Excerpt {
        let mut kept = [0; Excerpt::SHORT];
        kept[..head.len()].copy_from_slice(head);
        kept[head.len()..][..tail.len()].copy_from_slice(tail);
        Excerpt(Box::new(Cut::Short {
            kept,
            head: head.len() as u8,
            tail: tail.len() as u8,
            length,
        }))
    }

    /// A text that is to be cut, or is long.
    fn long(bytes: &[u8], limit: usize) -> Excerpt {
        let length = bytes.len();
        let (head, tail) = match length <= limit {
            true => (bytes, &bytes[..0]),
            false => ends(bytes, limit),
        };
        if head.len() + tail.len() <= Excerpt::SHORT {
            return Excerpt::short(head, tail, length);
        }
        let (head, tail) = (head.into(), tail.into());
        Excerpt(Box::new(Cut::Long { head, tail, length }))
    }

    /// The first bytes; all bytes, if it is not cut.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    /// use loop_core::trace::Detail;
    ///
    /// #[loop_core::coroutine]
    /// fn counts() -> std::io::Result<()> {
    ///     yield_!(Print("0123456789"))
    /// }
    ///
    /// let run = Sim::new().text_limit(8).run(counts);
    /// let texts = run.trace().events().iter().filter_map(|event| match event.detail() {
    ///     Detail::Text(text) => Some(text),
    ///     _ => None,
    /// });
    /// let printed = texts.last().unwrap();
    /// assert_eq!(printed.head(), b"01234");
    /// ```
    pub fn head(&self) -> &[u8] {
        match &*self.0 {
            Cut::Short { kept, head, .. } => &kept[..usize::from(*head)],
            Cut::Long { head, .. } => head,
        }
    }

    /// The last bytes; none, if it is not cut.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    /// use loop_core::trace::Detail;
    ///
    /// #[loop_core::coroutine]
    /// fn counts() -> std::io::Result<()> {
    ///     yield_!(Print("0123456789"))
    /// }
    ///
    /// let run = Sim::new().text_limit(8).run(counts);
    /// let texts = run.trace().events().iter().filter_map(|event| match event.detail() {
    ///     Detail::Text(text) => Some(text),
    ///     _ => None,
    /// });
    /// let printed = texts.last().unwrap();
    /// assert_eq!(printed.tail(), b"789");
    /// ```
    pub fn tail(&self) -> &[u8] {
        match &*self.0 {
            Cut::Short {
                kept, head, tail, ..
            } => &kept[usize::from(*head)..][..usize::from(*tail)],
            Cut::Long { tail, .. } => tail,
        }
    }

    /// The length of the whole, in bytes.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    /// use loop_core::trace::Detail;
    ///
    /// #[loop_core::coroutine]
    /// fn counts() -> std::io::Result<()> {
    ///     yield_!(Print("0123456789"))
    /// }
    ///
    /// let run = Sim::new().text_limit(8).run(counts);
    /// let texts = run.trace().events().iter().filter_map(|event| match event.detail() {
    ///     Detail::Text(text) => Some(text),
    ///     _ => None,
    /// });
    /// let printed = texts.last().unwrap();
    /// assert_eq!(printed.length(), 10);
    /// ```
    pub fn length(&self) -> usize {
        match &*self.0 {
            Cut::Short { length, .. } | Cut::Long { length, .. } => *length,
        }
    }
}

/// Splits off the head and the tail of bytes that are to be cut. The head is five eighths of what is kept.
fn ends(bytes: &[u8], limit: usize) -> (&[u8], &[u8]) {
    let from_the_end = limit * 3 / 8;
    let head = border(bytes, limit - from_the_end).0;
    let tail = border(bytes, bytes.len() - from_the_end).1;
    (&bytes[..head], &bytes[tail..])
}

/// Beginning and end of the character at `index`; both are `index` if it is between two characters.
fn border(bytes: &[u8], index: usize) -> (usize, usize) {
    let continues = |byte: &u8| byte & 0b1100_0000 == 0b1000_0000;
    if !bytes.get(index).is_some_and(continues) {
        return (index, index);
    }
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
        let is_cut = self.length() > self.head().len() + self.tail().len();
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
        let whole = Excerpt::of([b'x'; 32], TEXT_LIMIT);
        assert_eq!(
            (whole.head(), whole.tail(), whole.length()),
            ([b'x'; 32].as_slice(), [].as_slice(), 32)
        );
    }

    #[test]
    fn long_text_keeps_its_head_and_its_tail() {
        let text = "Task C: Compute factorial(4), currently i=3...\n";
        let cut = Excerpt::of(text, TEXT_LIMIT);
        assert_eq!(cut.head(), b"Task C: Compute fact");
        assert_eq!(cut.tail(), b"ntly i=3...\n");
        assert_eq!(
            cut.to_string(),
            r#""Task C: Compute fact…ntly i=3...\n"(47)"#
        );
    }

    #[test]
    fn another_limit_keeps_more_or_less() {
        let text = "Task C: Compute factorial(4), currently i=3...\n";
        let shown = |limit| Excerpt::of(text, limit).to_string();
        let whole = format!("{text:?}");
        assert_eq!((shown(47), shown(usize::MAX)), (whole.clone(), whole));
        assert_eq!(
            shown(46),
            r#""Task C: Compute factorial(4),…currently i=3...\n"(47)"#
        );
        assert_eq!(shown(8), r#""Task …..\n"(47)"#);
        assert_eq!(shown(1), r#""T…"(47)"#);
        assert_eq!(shown(0), r#""…"(47)"#);
        assert_eq!(Excerpt::of("", 0).to_string(), r#""""#);
        assert_eq!(size_of::<Excerpt>(), 8);
        assert_eq!(size_of::<Cut>(), 48);
    }

    #[test]
    fn an_excerpt_is_quoted_text() {
        let text = |bytes: &[u8]| Excerpt::of(bytes, TEXT_LIMIT).to_string();
        assert_eq!(text(b"plain"), r#""plain""#);
        assert_eq!(text("tab\t \"é\"".as_bytes()), r#""tab\t \"é\"""#);
        assert_eq!(text(b"\xff\0"), r#""\xff\0""#);
    }

    #[test]
    fn a_cut_goes_through_no_character() {
        let text = |bytes: &[u8]| Excerpt::of(bytes, TEXT_LIMIT).to_string();
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
