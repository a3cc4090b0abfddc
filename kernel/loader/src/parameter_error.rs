//! A parameter's type, and everything that can be wrong with parameters.

use crate::parameter::{RECORD, SECTION};
use core::fmt;

/// The type of a parameter's variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// C's `int`.
    Int,
    /// C's `unsigned int`.
    UnsignedInt,
    /// C's `long`.
    Long,
    /// C's `unsigned long`.
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

/// Why parameters can't be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterError<'word> {
    /// The module has no parameter of this name.
    Unknown(&'word str),
    /// The word has no value, and only a bool does without.
    NoValue(&'word str, ParameterKind),
    /// The value isn't one of the type's.
    Value {
        /// The parameter.
        name: &'word str,
        /// The value.
        value: &'word str,
        /// The type.
        kind: ParameterKind,
    },
    /// The number doesn't fit the type.
    Range {
        /// The parameter.
        name: &'word str,
        /// The value.
        value: &'word str,
        /// The type.
        kind: ParameterKind,
    },
    /// The module describes a parameter in a way that is impossible.
    Record {
        /// Which record, counted from 0.
        index: usize,
        /// The field.
        field: &'static str,
        /// Its value.
        value: u64,
    },
    /// The section isn't a whole number of records, or not in the image.
    Section {
        /// Its size.
        bytes: u64,
    },
    /// No memory for a string.
    OutOfMemory,
}

impl fmt::Display for ParameterError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "it has no parameter {name}"),
            Self::NoValue(name, kind) => {
                write!(f, "parameter {name} needs a value: {name}=<{kind}>")
            }
            Self::Value { name, value, kind } => {
                write!(f, "parameter {name}={value}: that is no {kind}")
            }
            Self::Range { name, value, kind } => {
                let (least, greatest) = kind.range();
                write!(
                    f,
                    "parameter {name}={value}: {kind} goes from {least} to {greatest}"
                )
            }
            Self::Record {
                index,
                field,
                value,
            } => write!(
                f,
                "{SECTION} record {index}: {field} {value:#x} is impossible"
            ),
            Self::Section { bytes } => {
                write!(f, "{SECTION} of {bytes} bytes holds no records of {RECORD}")
            }
            Self::OutOfMemory => f.write_str("no memory for a parameter's string"),
        }
    }
}

impl core::error::Error for ParameterError<'_> {}
