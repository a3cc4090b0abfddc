//! How many bytes of red zone a request gets.

/// Bytes of the smallest red zone, and what every start is a multiple of.
pub const LEAST: usize = 16;

/// What a block of an allocator is cut into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zones {
    /// Bytes in front: a multiple of the alignment.
    pub before: usize,
    /// Bytes that were asked for.
    pub bytes: usize,
    /// Bytes behind.
    pub after: usize,
}

impl Zones {
    /// For a request of `bytes` at a multiple of `align`, a power of two; `None` if the sum
    /// doesn't fit.
    pub fn new(bytes: usize, align: usize) -> Option<Self> {
        let zones = Self {
            before: align.max(LEAST),
            bytes,
            // Up to a multiple of the least: what lies behind is aligned again.
            after: LEAST + (bytes.wrapping_neg() & (LEAST - 1)),
        };
        zones.before.checked_add(bytes)?.checked_add(zones.after)?;
        Some(zones)
    }

    /// As [`new`](Self::new), but of at most `most` bytes in all: the zones are what is left,
    /// down to none.
    pub fn within(bytes: usize, align: usize, most: usize) -> Option<Self> {
        let zones = Self::new(bytes, align)?;
        let room = most.saturating_sub(bytes);
        let before = if zones.before + LEAST <= room {
            zones.before
        } else {
            0
        };
        Some(Self {
            before,
            bytes,
            after: zones.after.min(room - before),
        })
    }

    /// Bytes of all.
    pub fn total(&self) -> usize {
        self.before + self.bytes + self.after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_aligned_and_has_both_zones() {
        for align in [1, 8, 16, 32, 256, 4096] {
            for bytes in [1, 7, 8, 15, 16, 17, 24, 100, 4096, 5000] {
                let zones = Zones::new(bytes, align).unwrap();
                assert!(zones.before.is_multiple_of(align) && zones.before >= LEAST);
                assert!(zones.after >= LEAST && zones.after < 2 * LEAST);
                assert!((zones.before + bytes + zones.after).is_multiple_of(LEAST));
            }
        }
        assert_eq!(Zones::new(usize::MAX - 20, 8), None);
    }

    #[test]
    fn a_limit_takes_from_the_zones() {
        let most = 32 << 10;
        for bytes in most - 8192..=most {
            for align in [8, 256, 4096] {
                let zones = Zones::within(bytes, align, most).unwrap();
                assert!(zones.total() <= most && zones.bytes == bytes);
                assert!(zones.before == 0 || zones.before.is_multiple_of(align));
            }
        }
        assert_eq!(Zones::within(most, 8, most).unwrap().total(), most);
        assert_eq!(Zones::within(64, 8, most), Zones::new(64, 8));
    }
}
