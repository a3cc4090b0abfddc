//! Where a module is in its life, and the number that distinguishes it from others.

use core::fmt;

/// Where a module is in its life; `registry/mod.rs` has the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Being linked, or in its init; what it exports can't be used (Linux: coming).
    Loading,
    /// Its init has returned; its exports can be used.
    Live,
    /// In its exit, or being taken down; what it exports can't be used any more.
    Going,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            State::Loading => "loading",
            State::Live => "live",
            State::Going => "going",
        })
    }
}

/// How the stack frames of a module's code are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frames {
    /// As the ABI has them.
    Plain,
    /// Packed: it was compiled for Linux, or calls what was (arch::packed_call).
    Packed,
}

/// Distinguishes modules, also two of one name after another. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id(u64);

impl Id {
    /// Before the first module's.
    pub const NONE: Self = Self(0);

    /// The number of the module that comes next.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}
