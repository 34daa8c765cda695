//! Numbers for the coroutines of a recording, so that an event needs two bytes to say which.

use std::collections::BTreeMap;

use crate::coroutine::Site;

/// Which of the sites of a recording, in the order in which they came up.
#[derive(Clone, Copy)]
pub(super) struct Number(u16);

/// How many sites have a place where they are found at once.
const PLACES: usize = 32;

/// The sites that have come up.
#[derive(Clone, Default)]
pub(super) struct Sites {
    sites: Vec<&'static Site>,
    /// By address, which is quicker to compare than what a site says. Only looked up in: the numbers, and the order of
    /// everything that is read, are the same wherever the sites lie.
    numbers: BTreeMap<usize, Number>,
    /// For each place the site that was asked for last, of those that share it.
    places: [Option<(&'static Site, Number)>; PLACES],
}

impl Sites {
    /// The number of a site. `None` if there are more sites than numbers.
    #[inline]
    pub(super) fn number(&mut self, site: &'static Site) -> Option<Number> {
        match self.places[place(site)] {
            Some((known, number)) if std::ptr::eq(known, site) => Some(number),
            _ => self.search(site),
        }
    }

    #[cold]
    fn search(&mut self, site: &'static Site) -> Option<Number> {
        let address = std::ptr::from_ref(site).addr();
        let number = match self.numbers.get(&address) {
            Some(number) => *number,
            None => {
                let number = Number(u16::try_from(self.sites.len()).ok()?);
                self.sites.push(site);
                self.numbers.insert(address, number);
                number
            }
        };
        self.places[place(site)] = Some((site, number));
        Some(number)
    }

    pub(super) fn site(&self, Number(number): Number) -> &'static Site {
        self.sites[usize::from(number)]
    }
}

/// Sites that lie side by side have different places.
#[inline]
fn place(site: &'static Site) -> usize {
    std::ptr::from_ref(site).addr() / align_of::<Site>() % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leak(line: u32) -> &'static Site {
        let (name, file) = ("name", "file");
        Box::leak(Box::new(Site { name, file, line }))
    }

    /// Many more sites than places, and more than numbers.
    #[test]
    fn a_site_keeps_its_number() {
        let all: Vec<_> = (0..0x1_0010).map(leak).collect();
        let mut sites = Sites::default();
        for _ in 0..2 {
            for site in &all {
                let number = sites.number(site).map(|number| sites.site(number).line);
                assert_eq!(number, (site.line < 0x1_0000).then_some(site.line));
            }
        }
    }
}
