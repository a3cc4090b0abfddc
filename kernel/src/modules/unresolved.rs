//! The symbols that a module lacks, all of them: a person would else see one a load.

use alloc::vec::Vec;
use core::fmt;
use fallible::TryPush;

/// Most names that are reported.
const MOST: usize = 16;

/// Undefined symbols that nobody exports.
#[derive(Debug)]
pub struct Unresolved {
    names: Vec<&'static str>,
    more: usize,
    /// Those of the names that are exported, but not to the module.
    withheld: Vec<&'static str>,
}

impl Unresolved {
    /// Those of these names, each once; of an export that isn't for the module `is_withheld` holds.
    /// With no memory for more there may be fewer.
    pub fn of(
        names: impl Iterator<Item = &'static str>,
        is_withheld: impl Fn(&str) -> bool,
    ) -> Self {
        let mut found = Self {
            names: Vec::new(),
            more: 0,
            withheld: Vec::new(),
        };
        for name in names {
            if found.names.contains(&name) {
                continue;
            }
            if found.names.len() == MOST || found.names.try_push(name).is_err() {
                found.more += 1;
            }
            if found.withheld.len() < MOST && is_withheld(name) {
                // Without memory less is reported.
                let _ = found.withheld.try_push(name);
            }
        }
        found
    }

    /// Whether one of them is exported, but not to the module.
    pub fn some_withheld(&self) -> bool {
        !self.withheld.is_empty()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.names.len() + self.more
    }
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown symbols ")?;
        for (index, name) in self.names.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{}", loader::Escaped(name))?;
        }
        match self.more {
            0 => {}
            more => write!(f, " and {more} more")?,
        }
        f.write_str(": nobody exports them")?;
        if self.withheld.is_empty() {
            return Ok(());
        }
        f.write_str(
            " with the CRC of Linux's declaration, which this module asks for; without one, and \
             maybe as something else, there are",
        )?;
        let mut withheld = self.withheld.iter();
        withheld.try_for_each(|name| write!(f, " {}", loader::Escaped(name)))
    }
}
