//! [`AnswerNumber`]: the place of an answer in the order of answers, and how the line in it ended.

/// How a line ended in the input, if not with `\n`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::kernel) enum UnusualEnd {
    /// With `\r\n`.
    CarriageReturn,
    /// Input ended after it.
    EndOfInput,
}

/// Answers are numbered in the order in which they were given.
///
/// The lowest two bits say how a line ended, so that it can be given back byte for byte. They are zero for the usual end, so it
/// costs nothing to keep it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in crate::kernel) struct AnswerNumber(u32);

impl AnswerNumber {
    const STEP: u32 = 4;

    #[inline]
    pub(in crate::kernel) fn next(self) -> AnswerNumber {
        AnswerNumber(self.0.wrapping_add(AnswerNumber::STEP))
    }

    /// Whether it is the earlier one. Numbers start again after a billion; those that exist at the same time are close to each
    /// other.
    pub(super) fn is_before(self, other: AnswerNumber) -> bool {
        self.0.wrapping_sub(other.0) > u32::MAX / 2
    }

    #[inline]
    pub(super) fn with_end(self, end: UnusualEnd) -> AnswerNumber {
        let bits = match end {
            UnusualEnd::CarriageReturn => 1,
            UnusualEnd::EndOfInput => 2,
        };
        AnswerNumber(self.0 | bits)
    }

    /// The bytes after the line in the input.
    pub(super) fn end(self) -> &'static [u8] {
        match self.0 % AnswerNumber::STEP {
            0 => b"\n",
            1 => b"\r\n",
            _ => b"",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ordered_whatever_their_lines_end_with() {
        let mut number = AnswerNumber(u32::MAX - 11);
        for _ in 0..6 {
            let next = number.next();
            for end in [UnusualEnd::CarriageReturn, UnusualEnd::EndOfInput] {
                assert!(number.with_end(end).is_before(next));
                assert!(!next.is_before(number.with_end(end)));
                assert!(number.is_before(next.with_end(end)));
            }
            number = next;
        }
    }

    #[test]
    fn a_number_keeps_the_end_of_its_line() {
        let number = AnswerNumber::default().next();
        assert_eq!(number.end(), b"\n");
        assert_eq!(number.with_end(UnusualEnd::CarriageReturn).end(), b"\r\n");
        assert_eq!(number.with_end(UnusualEnd::EndOfInput).end(), b"");
    }
}
