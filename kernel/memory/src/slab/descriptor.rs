//! What is known of a page frame that objects lie in, and how it is found by an address.
//!
//! ```text
//!   address ──► frame number ──► section (256 frames) ──► descriptor of the frame
//!
//!   descriptors  │ slab of class 8 │ interior, 1 │ interior, 2 │ ... │ large, order 4 │ none │
//!                     ▲  frames 1.. of a slab say how far back its first is
//! ```
//!
//! A section's descriptors are made when the first of its frames holds objects, and stay: who
//! looks an address up needs no lock. They are 80 bytes a frame: of 16-byte objects, 2 % of
//! what these take. All of a descriptor is atomic, but for `live` it is changed only with
//! its class's lock held, or by the one owner that a large block has.

use alloc::vec::Vec;
use core::ops::Range;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use spin::Once;
use zerocopy::FromZeros;

use super::sizes::MOST_OBJECTS;

/// Frames of a section.
pub const SECTION: usize = 256;

/// The descriptors of a section. Of zeros, they are of frames that hold no objects.
pub type Section = [Descriptor; SECTION];

/// Words of a bit for each object.
const WORDS: usize = MOST_OBJECTS / 64;

/// Of each object of a slab, one bit.
#[derive(Debug, FromZeros)]
#[repr(transparent)]
pub struct Bits([AtomicU64; WORDS]);

impl Bits {
    /// Sets an object's bit. One atomic step.
    #[inline]
    pub fn set(&self, object: usize) {
        self.0[object / 64].fetch_or(1 << (object % 64), Relaxed);
    }

    /// Clears an object's bit; whether it was set. One atomic step: of two that clear it one
    /// learns that it was.
    #[inline]
    pub fn clear(&self, object: usize) -> bool {
        let bit = 1 << (object % 64);
        self.0[object / 64].fetch_and(!bit, Relaxed) & bit != 0
    }

    /// Whether an object's bit is set.
    pub fn has(&self, object: usize) -> bool {
        self.0[object / 64].load(Relaxed) >> (object % 64) & 1 != 0
    }

    /// Sets the bits of the first `count` objects, and clears all others.
    pub fn fill(&self, count: usize) {
        for (word, first) in self.0.iter().zip((0..).step_by(64)) {
            let bits = count.saturating_sub(first).min(64) as u32;
            word.store(u64::MAX.checked_shr(64 - bits).unwrap_or(0), Relaxed);
        }
    }

    /// Takes the first object whose bit is set, and clears it. For who alone changes them.
    pub fn take_first(&self) -> Option<usize> {
        let found = self.0.iter().zip(0..).find_map(|(word, number)| {
            let bits = word.load(Relaxed);
            (bits != 0).then_some((word, number, bits))
        });
        let (word, number, bits) = found?;
        word.store(bits & (bits - 1), Relaxed);
        Some(number * 64 + bits.trailing_zeros() as usize)
    }

    /// How many are set.
    pub fn count(&self) -> usize {
        let ones = |word: &AtomicU64| word.load(Relaxed).count_ones() as usize;
        self.0.iter().map(ones).sum()
    }
}

/// What is known of a frame.
#[derive(Debug, FromZeros)]
#[repr(C)]
pub struct Descriptor {
    /// A [`Kind`], as a number.
    kind: AtomicU32,
    /// Of a slab's first frame: objects that its class has.
    pub free_count: AtomicU32,
    /// Of a slab's first frame: first frames of its neighbours in its class's list.
    pub previous: AtomicU32,
    /// The one behind it.
    pub next: AtomicU32,
    /// Of a slab's first frame: the objects that its class has.
    pub free: Bits,
    /// Of a slab's first frame, and a large block's: the objects that are somebody's.
    pub live: Bits,
}

/// What a frame is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing of ours.
    None,
    /// The first of a slab of this class.
    Slab(usize),
    /// Of a slab, so many frames behind its first.
    Interior(usize),
    /// The first of a block of 2^order frames, which is one object.
    Large(usize),
}

impl Kind {
    const NUMBERS: u32 = 8;

    fn from_word(word: u32) -> Self {
        let value = (word >> Self::NUMBERS) as usize;
        match word & ((1 << Self::NUMBERS) - 1) {
            1 => Kind::Slab(value),
            2 => Kind::Interior(value),
            3 => Kind::Large(value),
            _ => Kind::None,
        }
    }

    fn to_word(self) -> u32 {
        let (number, value) = match self {
            Kind::None => (0, 0),
            Kind::Slab(class) => (1, class),
            Kind::Interior(back) => (2, back),
            Kind::Large(order) => (3, order),
        };
        number | (value as u32) << Self::NUMBERS
    }
}

impl Descriptor {
    /// What the frame is part of.
    #[inline]
    pub fn kind(&self) -> Kind {
        Kind::from_word(self.kind.load(Relaxed))
    }

    /// Makes the frame part of something else.
    pub fn become_part_of(&self, kind: Kind) {
        self.kind.store(kind.to_word(), Relaxed);
    }
}

/// The descriptors of all frames.
#[derive(Debug)]
pub struct Frames(Vec<Once<&'static Section>>);

impl Frames {
    /// Of frames numbered below `count`, none of which holds any objects; `None` without
    /// memory.
    pub fn new(count: usize) -> Option<Self> {
        fallible::defaults(count.div_ceil(SECTION)).ok().map(Self)
    }

    /// The descriptor of a frame; `None` if none of its section has held an object yet.
    #[inline]
    pub fn get(&self, frame: usize) -> Option<&'static Descriptor> {
        let section: &'static Section = self.0.get(frame / SECTION)?.get()?;
        Some(&section[frame % SECTION])
    }

    /// Makes sure that frames have descriptors, by `make` where they don't; `None` if it
    /// makes none.
    pub fn prepare(
        &self,
        frames: Range<usize>,
        make: impl Fn() -> Option<&'static Section>,
    ) -> Option<()> {
        for section in frames.start / SECTION..frames.end.div_ceil(SECTION) {
            let made = self.0.get(section)?;
            made.try_call_once(|| make().ok_or(())).ok()?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_words() {
        for kind in [
            Kind::None,
            Kind::Slab(0),
            Kind::Slab(11),
            Kind::Interior(7),
            Kind::Large(19),
        ] {
            assert_eq!(Kind::from_word(kind.to_word()), kind);
        }
        assert_eq!(Kind::None.to_word(), 0, "frames of zeros hold no objects");
    }

    #[test]
    fn bits_of_objects() {
        let bits = Bits(Default::default());
        for count in [0, 1, 63, 64, 65, 170, 255, 256] {
            bits.fill(count);
            assert_eq!(bits.count(), count);
            for object in 0..count {
                assert!(bits.has(object));
                assert_eq!(bits.take_first(), Some(object));
                assert!(!bits.has(object));
            }
            assert_eq!(bits.take_first(), None);
        }
        bits.set(200);
        assert!(bits.clear(200));
        assert!(!bits.clear(200), "the second to clear it");
    }
}
