//! Where a debugger learns of modules: `tools/gdb` has a breakpoint here, and adds or
//! removes the module's symbols when it is hit.
//!
//! What it learns is what the module owns, whose layout the kernel's debug information
//! describes. Without a debugger a call costs its own few instructions.

use super::loaded::Loaded;
use core::hint::black_box;

/// What has become of a module.
#[derive(Clone, Copy)]
pub enum Change {
    /// It has its memory, and none of its code has run.
    Formed,
    /// It is out of the list, and still has its memory.
    Removed,
}

/// What a debugger finds at its breakpoint: in memory, for arguments in registers are hard to
/// follow.
#[expect(dead_code, reason = "a debugger reads them")]
pub struct Record<'a> {
    /// The module's name.
    pub name: &'a str,
    /// What it owns.
    pub loaded: &'a Loaded,
    /// What has become of it.
    pub change: Change,
}

/// A module is about to run, or never will again.
#[inline(never)]
pub fn module_changed(record: &Record<'_>) {
    black_box(record);
}
