//! The types that a parameter's variable can have, and their values from text.

use super::number::number;
use core::fmt;

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
    /// C's `short`.
    Short,
    /// C's `unsigned short`.
    UnsignedShort,
    /// C's `unsigned char`, as a number.
    Byte,
    /// C's `unsigned long long`.
    UnsignedLongLong,
    /// C's `unsigned int`, which Linux shows in hexadecimal.
    Hexadecimal,
    /// A byte, 0 for yes and 1 for no.
    InvertedBool,
    /// C's `int`, 0 or 1.
    BoolInt,
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
            7 => Self::Short,
            8 => Self::UnsignedShort,
            9 => Self::Byte,
            10 => Self::UnsignedLongLong,
            11 => Self::Hexadecimal,
            12 => Self::InvertedBool,
            13 => Self::BoolInt,
            _ => return None,
        })
    }

    /// Bytes of the variable.
    pub(crate) const fn bytes(self) -> usize {
        match self {
            Self::Bool | Self::InvertedBool | Self::Byte => 1,
            Self::Short | Self::UnsignedShort => 2,
            Self::Int | Self::UnsignedInt | Self::Hexadecimal | Self::BoolInt => 4,
            Self::Long | Self::UnsignedLong | Self::UnsignedLongLong | Self::Text => 8,
        }
    }

    /// Least and greatest number.
    pub(crate) const fn range(self) -> (i128, i128) {
        match self {
            Self::Int => (i32::MIN as i128, i32::MAX as i128),
            Self::UnsignedInt | Self::Hexadecimal => (0, u32::MAX as i128),
            Self::Long => (i64::MIN as i128, i64::MAX as i128),
            Self::UnsignedLong | Self::UnsignedLongLong => (0, u64::MAX as i128),
            Self::Short => (i16::MIN as i128, i16::MAX as i128),
            Self::UnsignedShort => (0, u16::MAX as i128),
            Self::Byte => (0, u8::MAX as i128),
            Self::Bool | Self::InvertedBool | Self::BoolInt | Self::Text => (0, 1),
        }
    }

    /// The variable's bits, on the right, for a value; of a text its address, which `keep`
    /// has.
    pub(crate) fn bits(
        self,
        value: Option<&str>,
        keep: &mut dyn FnMut(&str) -> Option<u64>,
    ) -> Result<u64, BadValue> {
        match (self, value) {
            (Self::Bool | Self::BoolInt, None) => Ok(1),
            (_, None) => Err(BadValue::Missing),
            (Self::Text, Some(value)) => keep(value).ok_or(BadValue::OutOfMemory),
            (Self::Bool | Self::BoolInt | Self::InvertedBool, Some(value)) => {
                let yes = yes_or_no(value).ok_or(BadValue::Other)?;
                Ok(u64::from(yes != (self == Self::InvertedBool)))
            }
            (_, Some(value)) => {
                let number = number(value).ok_or(BadValue::Other)?;
                let (least, greatest) = self.range();
                match number < least || number > greatest {
                    true => Err(BadValue::Range),
                    false => Ok(number as u64),
                }
            }
        }
    }
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadValue {
    /// There is none.
    Missing,
    /// It isn't one of the type's.
    Other,
    /// The number doesn't fit the type.
    Range,
    /// There is no memory for it.
    OutOfMemory,
}

/// What a text says by its first letters, as Linux's kstrtobool takes them.
fn yes_or_no(text: &str) -> Option<bool> {
    match text.as_bytes() {
        [b'y' | b'Y' | b't' | b'T' | b'1', ..] | [b'o' | b'O', b'n' | b'N', ..] => Some(true),
        [b'n' | b'N' | b'f' | b'F' | b'0', ..] | [b'o' | b'O', b'f' | b'F', ..] => Some(false),
        _ => None,
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
            Self::Short => "short",
            Self::UnsignedShort => "ushort",
            Self::Byte => "byte",
            Self::UnsignedLongLong => "ullong",
            Self::Hexadecimal => "hexint",
            Self::InvertedBool => "invbool",
            Self::BoolInt => "bint",
        })
    }
}
