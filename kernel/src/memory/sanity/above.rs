//! What is above the books: whose blocks they are, where copies lie, who words reports.

use ::sanity::{Block, Kind, Report};
use spin::Once;

/// What is above this room.
pub trait Above: Sync {
    /// What is added to a handle for a CPU's copy; `None` beyond the last possible CPU.
    fn copy(&self, cpu: u32) -> Option<usize>;

    /// Tells people of a report.
    fn tell(&self, report: &Report);
}

static ABOVE: Once<&'static dyn Above> = Once::new();

/// Sets what is above. Once, at boot.
pub fn connect(above: &'static dyn Above) {
    ABOVE.call_once(|| above);
}

/// What is above, once it is set.
pub fn above() -> Option<&'static dyn Above> {
    ABOVE.get().copied()
}

/// Gives a block back to its allocator, which nobody has any more.
type Release = fn(&Block);

static OWNERS: [Once<Release>; Kind::ALL.len()] = [const { Once::new() }; Kind::ALL.len()];

/// Says how an allocator gets its blocks back. Once, at boot, for each that has its blocks kept
/// in quarantine.
pub fn own(kind: Kind, release: Release) {
    OWNERS[kind as usize].call_once(|| release);
}

/// Gives a block back.
pub fn release(block: &Block) {
    if let Some(release) = OWNERS[block.kind as usize].get() {
        release(block);
    }
}
