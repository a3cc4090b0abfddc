//! What of a module is to be known to whoever reads a report of a run with it.

use core::fmt;

/// Where a module goes beyond what the loader answers for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taint {
    /// It was compiled for Linux.
    pub is_linux: bool,
    /// The CRCs of what it imports were left alone.
    pub is_forced: bool,
    /// Page 0 is writable for it.
    pub stores_to_page_0: bool,
}

impl fmt::Display for Taint {
    /// Nothing, or ` (word; word)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [
            (self.is_linux, "Linux's"),
            (self.is_forced, "CRCs ignored"),
            (self.stores_to_page_0, "stores to page 0"),
        ];
        let mut some = false;
        for (_, word) in words.iter().filter(|(holds, _)| *holds) {
            write!(f, "{}{word}", if some { "; " } else { " (" })?;
            some = true;
        }
        f.write_str(if some { ")" } else { "" })
    }
}
