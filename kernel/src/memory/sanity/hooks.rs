//! What the checker needs of others: whose blocks they are, where copies lie, who words reports.

use ::sanity::{Block, Kind, Report};
use spin::Once;

/// What the checker needs of the kernel above it.
pub trait Hooks: Sync {
    /// What is added to a handle for a CPU's copy; `None` beyond the last possible CPU.
    fn copy(&self, cpu: u32) -> Option<usize>;

    /// Prints a report for people.
    fn print(&self, report: &Report);
}

static HOOKS: Once<&'static dyn Hooks> = Once::new();

/// Sets the hooks. Once, at boot.
pub fn connect(hooks: &'static dyn Hooks) {
    HOOKS.call_once(|| hooks);
}

/// The hooks, once they are set.
pub fn hooks() -> Option<&'static dyn Hooks> {
    HOOKS.get().copied()
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
