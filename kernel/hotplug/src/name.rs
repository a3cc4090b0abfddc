//! A state's name: short, and copied, so that it outlives the module that gave it.

use core::fmt;

/// Bytes of a name; what is longer is cut between two letters.
pub const LENGTH: usize = 31;

/// A name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Name {
    length: u8,
    bytes: [u8; LENGTH],
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        let length = text.floor_char_boundary(LENGTH);
        let mut bytes = [0; LENGTH];
        bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
        Self {
            length: length as u8,
            bytes,
        }
    }
}

impl Name {
    /// Its text.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or("")
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
