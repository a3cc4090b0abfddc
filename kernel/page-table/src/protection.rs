//! What a page allows.

use core::fmt;

/// What a page is mapped to allow. None of these is writable and executable (M2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Loads.
    ReadOnly,
    /// Loads and stores.
    ReadWrite,
    /// Loads and instruction fetches.
    ReadExecute,
}

impl Protection {
    /// Whether stores are allowed.
    pub fn is_writable(self) -> bool {
        self == Self::ReadWrite
    }

    /// Whether instruction fetches are allowed.
    pub fn is_executable(self) -> bool {
        self == Self::ReadExecute
    }
}

/// What a page is mapped to, as its entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// Real address of the page frame.
    pub frame: usize,
    /// Whether stores are allowed.
    pub writable: bool,
    /// Whether instruction fetches are allowed: everywhere, on a machine that has no
    /// instruction-execution protection.
    pub executable: bool,
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let write = if self.writable { 'w' } else { '-' };
        let execute = if self.executable { 'x' } else { '-' };
        write!(f, "frame {:#x} r{write}{execute}", self.frame)
    }
}
