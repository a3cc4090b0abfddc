//! What may be asked of an allocator, and which of it at random.

use fastrand::Rng;
use percpu::{Handle, MIN_UNIT_SIZE};

/// Bytes that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes {
    /// How many.
    pub size: usize,
    /// What their address is to be a multiple of: a power of two.
    pub align: usize,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// An area, for which pages may be mapped.
    Alloc(Bytes),
    /// One from mapped pages.
    AllocAtomic(Bytes),
    /// One for a module's static variables.
    AllocReserved(Bytes),
    /// Seven at once.
    AllocBatch(Bytes),
    /// An area, while the nth request of the memory fails: it comes into being, and is given
    /// back, or nothing has changed.
    AllocFailing(Bytes, u64),
    /// The area of this handle is given back.
    Free(Handle),
    /// Some empty pages come or go.
    Balance,
    /// All that nothing is on is given back.
    Trim,
}

/// Steps at random: a seed's are always the same.
pub struct Random {
    random: Rng,
    /// Areas that are held at the most.
    limit: usize,
    /// A handle that is a static variable's.
    a_static: Handle,
}

impl Random {
    /// Steps of this seed, which hold so many areas.
    pub fn new(seed: u64, limit: usize, a_static: Handle) -> Self {
        Self {
            random: Rng::with_seed(seed),
            limit,
            a_static,
        }
    }

    /// A number below.
    pub fn below(&mut self, limit: usize) -> usize {
        // As wide on a machine of 32 bits: the same seed is the same steps.
        self.random.u64(..limit as u64) as usize
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        self.random.u8(..)
    }

    /// The next step, where these areas are live: the handle and size of the nth.
    pub fn step(
        &mut self,
        live: usize,
        units: usize,
        nth: impl Fn(usize) -> Option<(Handle, usize)>,
    ) -> Step {
        let largest = [300, MIN_UNIT_SIZE][usize::from(self.below(40) == 0)];
        let size = 1 + self.below(largest);
        let strictest = [6, 13][usize::from(self.below(10) == 0)];
        let align = 1 << self.below(strictest);
        let bytes = Bytes { size, align };
        let is_full = live >= self.limit;
        match self.below(100) {
            0..40 if !is_full => Step::Alloc(bytes),
            40..48 if !is_full => Step::AllocAtomic(bytes),
            48..52 if !is_full => Step::AllocReserved(bytes),
            52..54 if !is_full => Step::AllocBatch(bytes),
            54..57 => Step::Balance,
            57 => Step::Trim,
            58..60 => self.wrong_free(live, nth),
            60..62 => Step::AllocFailing(bytes, 1 + self.below(units + 1) as u64),
            _ => match nth(self.below(live.max(1))) {
                Some((handle, _)) => Step::Free(handle),
                None => Step::Balance,
            },
        }
    }

    /// A free of what is none's: within an area, of a static variable, made up, or null.
    fn wrong_free(&mut self, live: usize, nth: impl Fn(usize) -> Option<(Handle, usize)>) -> Step {
        let inside = nth(self.below(live.max(1))).filter(|(_, size)| *size > 1);
        let handle = match (self.below(4), inside) {
            (0, Some((Handle(start), size))) => Handle(start + 1 + self.below(size - 1)),
            (0 | 1, _) => self.a_static,
            (2, _) => Handle(0x10),
            _ => Handle(0),
        };
        Step::Free(handle)
    }
}
