//! Random numbers: xorshift64*.

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream of a seed and of two numbers that distinguish it from others of that seed.
    pub fn new(seed: u64, first: u64, second: u64) -> Self {
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        let mixed = [first, second].into_iter().fold(seed, |state, number| {
            let state = (state ^ number).wrapping_add(1).wrapping_mul(SPREAD);
            state ^ state >> 29
        });
        let mut random = Self(mixed.max(1));
        random.number();
        random
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below a limit; 0 if that is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        let high = u128::from(self.number()) * u128::from(limit);
        (high >> 64) as u64
    }

    /// Whether one of so many chances is met.
    pub fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }
}
