//! Everything that can be wrong with parameters, with its facts.

use super::kind::{BadValue, ParameterKind};
use super::section::SECTION;
use crate::escape::Escaped;
use core::fmt;

/// Why parameters can't be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterError<'word> {
    /// The module has no parameter of this name.
    Unknown(&'word str),
    /// The word has no value, and only a bool does without.
    NoValue(&'word str, ParameterKind),
    /// The word has no value, and the parameter isn't one that does without.
    NoText(&'word str),
    /// An array has fewer elements than the value.
    TooMany {
        /// The parameter's name, as it was given.
        name: &'word str,
        /// How many it has.
        most: usize,
    },
    /// A text with its NUL has no room.
    TooLong {
        /// The parameter's name, as it was given.
        name: &'word str,
        /// Bytes of room.
        bytes: usize,
    },
    /// The module's own function says no.
    Refused {
        /// The parameter's name, as it was given.
        name: &'word str,
        /// The value, as it was given.
        value: &'word str,
        /// What the function returned.
        result: i32,
    },
    /// It can only be read, where it can be read.
    ReadOnly(&'word str),
    /// What sets it, in another module, is no function.
    NoSetter {
        /// The parameter's name, as it was given.
        name: &'word str,
        /// Where the function would be.
        function: u64,
    },
    /// The value isn't one of the type's.
    Value {
        /// The parameter's name, as it was given.
        name: &'word str,
        /// The value, as it was given.
        value: &'word str,
        /// The parameter's type.
        kind: ParameterKind,
    },
    /// The number doesn't fit the type.
    Range {
        /// The parameter's name, as it was given.
        name: &'word str,
        /// The value, as it was given.
        value: &'word str,
        /// The parameter's type.
        kind: ParameterKind,
    },
    /// The module describes a parameter in a way that is impossible.
    Record {
        /// Which record, counted from 0.
        index: usize,
        /// The field of the record that is wrong.
        field: &'static str,
        /// The field's value.
        value: u64,
    },
    /// The section isn't a whole number of records, or not in the image.
    Section {
        /// The section's size.
        bytes: u64,
        /// Bytes in a record of the module's kind.
        record: usize,
    },
    /// There is no memory for a string that a parameter is to hold.
    OutOfMemory,
}

impl<'word> ParameterError<'word> {
    /// The error of a parameter whose value is bad.
    pub(crate) fn of(
        bad: BadValue,
        name: &'word str,
        value: Option<&'word str>,
        kind: ParameterKind,
    ) -> Self {
        match (bad, value) {
            (BadValue::OutOfMemory, _) => Self::OutOfMemory,
            (_, None) => Self::NoValue(name, kind),
            (BadValue::Range, Some(value)) => Self::Range { name, value, kind },
            (_, Some(value)) => Self::Value { name, value, kind },
        }
    }
}

impl fmt::Display for ParameterError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "it has no parameter {}", Escaped(name)),
            Self::NoValue(name, kind) => {
                let name = Escaped(name);
                write!(f, "parameter {name} needs a value: {name}=<{kind}>")
            }
            Self::NoText(name) => {
                let name = Escaped(name);
                write!(f, "parameter {name} needs a value: {name}=...")
            }
            Self::TooMany { name, most } => {
                let name = Escaped(name);
                write!(
                    f,
                    "parameter {name}: an array of {most} has no room for more"
                )
            }
            Self::TooLong { name, bytes } => {
                let (name, most) = (Escaped(name), bytes.saturating_sub(1));
                write!(f, "parameter {name}: a text of at most {most} bytes")
            }
            Self::Refused {
                name,
                value,
                result,
            } => {
                let (name, value) = (Escaped(name), Escaped(value));
                let errno = result.unsigned_abs();
                write!(
                    f,
                    "parameter {name}={value}: the module refuses it, error {errno}"
                )
            }
            Self::ReadOnly(name) => {
                write!(f, "parameter {} is for reading only", Escaped(name))
            }
            Self::NoSetter { name, function } => {
                let name = Escaped(name);
                write!(
                    f,
                    "parameter {name}: what would set it, at {function:#x}, is no function"
                )
            }
            Self::Value { name, value, kind } => {
                let (name, value) = (Escaped(name), Escaped(value));
                write!(f, "parameter {name}={value}: that is no {kind}")
            }
            Self::Range { name, value, kind } => {
                let (least, greatest) = kind.range();
                let (name, value) = (Escaped(name), Escaped(value));
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
            Self::Section { bytes, record } => {
                write!(f, "{SECTION} of {bytes} bytes holds no records of {record}")
            }
            Self::OutOfMemory => f.write_str("no memory for a parameter's string"),
        }
    }
}

impl core::error::Error for ParameterError<'_> {}
