//! Names and places for an error to carry.

use crate::demangle::Demangled;
use core::fmt;
use fallible::Text;

/// A name for an error to carry: a copy, or nothing of it where there is no memory, since
/// an error must not end in another. Printed as its author wrote it.
#[derive(Debug, PartialEq, Eq)]
pub struct Name(Option<Text>);

impl Name {
    /// Copies a name.
    pub(crate) fn new(name: &str) -> Self {
        Self(Text::copy(name).ok())
    }

    /// The name as the file has it, not demangled; empty if there was no memory for it.
    pub fn as_str(&self) -> &str {
        self.0.as_ref().map_or("", Text::as_str)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(name) => Demangled(name.as_str()).fmt(f),
            None => f.write_str("(no memory for the name)"),
        }
    }
}

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.0.as_ref().map(Text::as_str) == Some(other)
    }
}

/// A place in a section.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    /// The section's name.
    pub section: Name,
    /// Bytes from its start.
    pub offset: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:#x}", self.section, self.offset)
    }
}
