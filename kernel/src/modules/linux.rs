//! What is kept of a module that was compiled for Linux, beside what every module has.

use super::error::Reason;
use crate::memory::WritablePage0;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, Ordering};
use fallible::collected;
use loader::Layout;
use loader::linux::{self, Bug, Tables};

/// Tables that are searched when its code runs into something; and that it may store to page 0,
/// if it does.
pub struct LinuxParts {
    /// The tables.
    pub tables: Tables,
    /// Which warnings have been printed that are printed once, by their numbers.
    printed: Vec<AtomicBool>,
    page_0: Option<WritablePage0>,
}

impl LinuxParts {
    /// Those of a module in an image that was linked for `base`.
    ///
    /// # Errors
    /// A table that can't be one; no memory.
    pub fn of(layout: &Layout<'_>, base: u64, image: &[u8]) -> Result<Self, Reason<'static>> {
        let tables = Tables::of(layout, base, image)?;
        let count = tables.bug_count();
        let printed = collected(count, (0..count).map(|_| AtomicBool::new(false)))?;
        Ok(Self {
            printed,
            tables,
            page_0: linux::stores_preempt_count(layout).then(WritablePage0::new),
        })
    }

    /// Whether page 0 is writable for it.
    pub fn stores_to_page_0(&self) -> bool {
        self.page_0.is_some()
    }

    /// What the MONITOR CALL at an address reports, and whether it is to be printed.
    pub fn bug(&self, instruction: u64) -> Option<(Bug, bool)> {
        let (number, bug) = self.tables.bug(instruction)?;
        let printed = self.printed.get(number)?.swap(true, Ordering::Relaxed);
        Some((bug, !(printed && bug.is_once)))
    }
}
