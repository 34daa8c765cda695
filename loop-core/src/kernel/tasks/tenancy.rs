//! Which of the tasks that had one number, and whether somebody has its handle: in one word.

/// How many tasks had this place before, and whether somebody has the handle of the present one.
#[derive(Clone, Copy)]
pub(super) struct Tenancy(u32);

impl Tenancy {
    pub(super) const FIRST: Tenancy = Tenancy(0);

    pub(super) fn generation(self) -> u32 {
        self.0 >> 1
    }

    pub(super) fn is_held(self) -> bool {
        self.0 & 1 == 1
    }

    pub(super) fn set_held(&mut self, held: bool) {
        self.0 = self.0 & !1 | u32::from(held);
    }

    pub(super) fn next(self) -> Tenancy {
        Tenancy((self.0 & !1).wrapping_add(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenancy_counts_tenants_beside_the_handle() {
        let mut tenancy = Tenancy::FIRST;
        for generation in 0..3 {
            assert_eq!(
                (tenancy.generation(), tenancy.is_held()),
                (generation, false)
            );
            tenancy.set_held(true);
            assert_eq!(
                (tenancy.generation(), tenancy.is_held()),
                (generation, true)
            );
            tenancy = tenancy.next();
        }
    }
}
