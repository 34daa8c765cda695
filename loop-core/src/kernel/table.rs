//! A table that reuses the places of removed entries.
//!
//! A new entry is written field by field into a vacant place. A table that takes entries by value (as `slab` does) has them
//! written to the stack and then copied in larger pieces. The processor waits with the copy until the small writes are done:
//! that was a tenth of the cost of a spawn, and a sixth of a chain.

use std::ops::{Index, IndexMut};

use super::waits::LIMIT;

/// No place.
const NONE: u32 = u32::MAX;

pub(super) trait Entry {
    /// A word that has no meaning while the entry's place is vacant: the table keeps the next vacant place there.
    fn spare_word(&mut self) -> &mut u32;
}

pub(super) struct Table<T> {
    entries: Vec<T>,
    /// The vacant place that is used first: the one that became vacant last.
    vacant: u32,
}

impl<T: Entry> Table<T> {
    pub(super) const fn new() -> Table<T> {
        Table {
            entries: Vec::new(),
            vacant: NONE,
        }
    }

    /// Takes a vacant place. Its entry is as the last user has left it, except for the spare word, or new and made by `blank`.
    ///
    /// # Panics
    ///
    /// With 2²⁹ entries: their numbers must find room in an entry of the ready queue.
    #[inline]
    pub(super) fn claim(&mut self, blank: impl FnOnce() -> T) -> (u32, &mut T) {
        let place = match self.vacant {
            NONE => self.grow(blank()),
            place => place,
        };
        let entry = &mut self.entries[place as usize];
        self.vacant = *entry.spare_word();
        (place, entry)
    }

    #[cold]
    fn grow(&mut self, mut blank: T) -> u32 {
        let place = self.entries.len();
        assert!(
            place < LIMIT,
            "more than 536,870,912 tasks or coroutines at once"
        );
        *blank.spare_word() = NONE;
        self.entries.push(blank);
        place as u32
    }

    /// Lets a place be used again.
    #[inline]
    pub(super) fn vacate(&mut self, place: u32) {
        *self.entries[place as usize].spare_word() = self.vacant;
        self.vacant = place;
    }

    /// The number of entries, including vacant places.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&self, place: u32) -> Option<&T> {
        self.entries.get(place as usize)
    }

    /// All entries, including vacant places.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        (0..).zip(&self.entries)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.entries.iter_mut()
    }
}

impl<T> Index<u32> for Table<T> {
    type Output = T;

    #[inline]
    fn index(&self, place: u32) -> &T {
        &self.entries[place as usize]
    }
}

impl<T> IndexMut<u32> for Table<T> {
    #[inline]
    fn index_mut(&mut self, place: u32) -> &mut T {
        &mut self.entries[place as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Named {
        name: &'static str,
        spare: u32,
    }

    impl Entry for Named {
        fn spare_word(&mut self) -> &mut u32 {
            &mut self.spare
        }
    }

    fn blank() -> Named {
        Named {
            name: "blank",
            spare: 0,
        }
    }

    #[test]
    fn places_are_used_again_the_last_one_first() {
        let mut table = Table::new();
        let places: Vec<u32> = (0..3).map(|_| table.claim(blank).0).collect();
        assert_eq!(places, [0, 1, 2]);
        table[1].name = "one";
        table.vacate(0);
        table.vacate(1);
        let mut claim = || {
            let (place, entry) = table.claim(blank);
            (place, entry.name)
        };
        assert_eq!(claim(), (1, "one"));
        assert_eq!(claim(), (0, "blank"));
        assert_eq!(claim().0, 3);
    }
}
