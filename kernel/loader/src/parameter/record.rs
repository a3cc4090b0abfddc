//! A record of section `__param`, and the types that a parameter can have.
//!
//! Rust's `module_param!` and C's `module_param()` make the same, eight bytes aligned:
//!
//! ```text
//!   0  name    address of its name, ended by NUL
//!   8  value   address of the variable, writable while the module's init runs
//!  16  kind    1 int, 2 uint, 3 long, 4 ulong, 5 bool (one byte), 6 charp
//!  20  0
//!  24  next record
//! ```
//!
//! A charp's variable holds the address of a string that ends with NUL, or 0.

use core::fmt;

/// The section's name.
pub(crate) const SECTION: &str = "__param";
/// Bytes in a record.
pub(crate) const RECORD: usize = 24;

/// The type of a parameter's variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// C's `int`, Rust's `i32`.
    Int,
    /// C's `unsigned int`, Rust's `u32`.
    UnsignedInt,
    /// C's `long`, Rust's `i64`.
    Long,
    /// C's `unsigned long`, Rust's `u64`.
    UnsignedLong,
    /// A byte, 0 or 1.
    Bool,
    /// Address of a string that ends with NUL.
    Text,
}

impl ParameterKind {
    pub(crate) fn of(tag: u32) -> Option<Self> {
        Some(match tag {
            1 => Self::Int,
            2 => Self::UnsignedInt,
            3 => Self::Long,
            4 => Self::UnsignedLong,
            5 => Self::Bool,
            6 => Self::Text,
            _ => return None,
        })
    }

    /// Bytes of the variable, and its alignment.
    pub(crate) const fn bytes(self) -> usize {
        match self {
            Self::Bool => 1,
            Self::Int | Self::UnsignedInt => 4,
            Self::Long | Self::UnsignedLong | Self::Text => 8,
        }
    }

    /// Least and greatest number.
    pub(crate) const fn range(self) -> (i128, i128) {
        match self {
            Self::Int => (i32::MIN as i128, i32::MAX as i128),
            Self::UnsignedInt => (0, u32::MAX as i128),
            Self::Long => (i64::MIN as i128, i64::MAX as i128),
            Self::UnsignedLong => (0, u64::MAX as i128),
            Self::Bool | Self::Text => (0, 1),
        }
    }
}

impl fmt::Display for ParameterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Int => "int",
            Self::UnsignedInt => "uint",
            Self::Long => "long",
            Self::UnsignedLong => "ulong",
            Self::Bool => "bool",
            Self::Text => "charp",
        })
    }
}
