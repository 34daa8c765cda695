//! Where the head of a message ends, although it may come a byte at a time.

use super::Mistake;

/// Looks for the end of a head.
#[derive(Clone, Debug, Default)]
pub(super) struct Search {
    /// So many bytes have been looked at. No head ends in them.
    searched: usize,
}

impl Search {
    /// Parses the head at the beginning of `input`, once there are whole lines that were not there before: so a head that comes slowly is
    /// parsed once per line, and is judged alike however it comes. `None` if more has to come.
    pub(super) fn find<T>(
        &mut self,
        input: &[u8],
        limit: usize,
        parse: impl FnOnce(&[u8]) -> Result<Option<T>, Mistake>,
    ) -> Result<Option<T>, Mistake> {
        let window = &input[..input.len().min(limit)];
        let new = &window[self.searched..];
        if let Some(end) = new.iter().rposition(|byte| *byte == b'\n') {
            let lines = &window[..=self.searched + end];
            if let Some(found) = parse(lines)? {
                self.searched = 0;
                return Ok(Some(found));
            }
        }
        self.searched = window.len();
        match window.len() < limit {
            true => Ok(None),
            false => Err(Mistake::HeadTooLarge),
        }
    }
}
