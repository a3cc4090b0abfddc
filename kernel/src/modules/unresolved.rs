//! The symbols that a module lacks, all of them: a person would else be told of one a load.

use alloc::vec::Vec;
use core::fmt;
use fallible::TryPush;

/// Most names that are told.
const MOST: usize = 16;

/// Undefined symbols that nobody exports.
#[derive(Debug)]
pub struct Unresolved {
    names: Vec<&'static str>,
    more: usize,
}

impl Unresolved {
    /// Those of these names, each once. With no memory for more there may be fewer.
    pub fn of(names: impl Iterator<Item = &'static str>) -> Self {
        let mut found = Self {
            names: Vec::new(),
            more: 0,
        };
        for name in names {
            if found.names.contains(&name) {
                continue;
            }
            if found.names.len() == MOST || found.names.try_push(name).is_err() {
                found.more += 1;
            }
        }
        found
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
        f.write_str(": nobody exports them")
    }
}
