//! Bytes and numbers, as several commands show them.

use core::fmt::{self, Write};

/// Bytes in hexadecimal, a blank between two.
pub struct Bytes<'a>(pub &'a [u8]);

impl fmt::Display for Bytes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = heapless::String::<96>::new();
        for (at, byte) in self.0.iter().enumerate() {
            let gap = if at == 0 { "" } else { " " };
            write!(text, "{gap}{byte:02x}")?;
        }
        f.pad(&text)
    }
}

/// A distance, in hexadecimal with its sign.
pub struct Signed(pub i64);

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        write!(f, "{sign}{:#x}", self.0.unsigned_abs())
    }
}

/// The number that bytes are, the first being its highest.
pub fn number_of(bytes: &[u8]) -> u64 {
    let add = |value: u64, &byte: &u8| value << 8 | u64::from(byte);
    bytes.iter().fold(0, add)
}

/// A copy's value by its size: a number, or numbers in brackets.
pub struct Value<'a> {
    /// Its bytes, as many as are shown.
    pub bytes: &'a [u8],
    /// Whether in base 16.
    pub hexadecimal: bool,
    /// Whether there are more bytes.
    pub is_cut: bool,
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.bytes;
        let each = match bytes.len() {
            length if length % 8 == 0 => 8,
            length if length % 4 == 0 => 4,
            2 => 2,
            _ => 1,
        };
        let is_one = bytes.len() == each;
        if !is_one {
            write!(f, "[")?;
        }
        for (number, item) in bytes.chunks(each).enumerate() {
            let value = number_of(item);
            let blank = if number == 0 { "" } else { " " };
            match self.hexadecimal {
                true => write!(f, "{blank}{value:#0width$x}", width = 2 + 2 * each)?,
                false => write!(f, "{blank}{value}")?,
            }
        }
        match (is_one, self.is_cut) {
            (true, _) => Ok(()),
            (false, true) => f.write_str(" ..]"),
            (false, false) => f.write_str("]"),
        }
    }
}
