//! How much of large areas all magazines together may keep, by how much is allocated.
//!
//! ```text
//!   may be kept   32 KiB ┤               ┌───────
//!                        │            .─´
//!                      0 ┼──────────.´
//!                        0         192  256 KiB allocated, in one unit
//! ```
//!
//! What lies in a magazine, and what is lost when a size is rounded up to a class, is memory
//! of every unit, and what is kept is scattered among what lives. Beside a small load that
//! would be much: more than 1.35 times what lives would be populated. So there large areas
//! are what is asked for, to the granule, and go to the chunks. A magazine asks for each area
//! more that it may keep, and gives back what it was granted when it is emptied.

use crate::limits::GRANULE;

/// Bytes of one unit that are allocated before any large area is kept.
const THRESHOLD: usize = 192 << 10;
/// Bytes of one unit that magazines keep in large areas, at most.
const MOST: usize = 32 << 10;

/// What there is, and what of it magazines may keep, in granules of one unit.
#[derive(Debug, Default)]
pub struct Allowance {
    /// In areas that the chunks have allocated, those in magazines included.
    pub used: u32,
    /// In large areas that may be in magazines.
    granted: u32,
}

impl Allowance {
    /// Grants an area of so many granules; false if that would be too much.
    pub fn grant(&mut self, granules: u32) -> bool {
        let beyond = self.used.saturating_sub((THRESHOLD / GRANULE) as u32);
        let most = (beyond / 2).min((MOST / GRANULE) as u32);
        let granted = self.granted + granules <= most;
        if granted {
            self.granted += granules;
        }
        granted
    }

    /// Takes back what was granted.
    pub fn take_back(&mut self, granules: u32) {
        self.granted -= granules;
    }
}
