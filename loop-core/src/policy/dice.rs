//! [`Dice`]: random numbers of a seed.

/// SplitMix64. Written here, because a seed in a test must give the same numbers for ever, and no library promises that.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`. For bounds below 2³² its bias is below 2⁻³², too little to notice.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let product = u128::from(self.next()) * bound as u128;
        (product >> 64) as usize
    }

    /// True with this probability. What is never or always so draws nothing.
    pub(crate) fn falls(&mut self, probability: f64) -> bool {
        match probability {
            never if never <= 0.0 => false,
            always if always >= 1.0 => true,
            // 53 bits are what an `f64` holds.
            some => ((self.next() >> 11) as f64) < some * (1_u64 << 53) as f64,
        }
    }
}
