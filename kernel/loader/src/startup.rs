//! Constructors and destructors: the functions that a module lists to be called
//! before its init and after its exit.
//!
//! ```text
//!  before init   .init_array.N by N, .ctors.N by 65535-N, then the plain ones;
//!                an .init_array forwards, a .ctors backwards
//!  after exit    .fini_array and .dtors: all the other way round
//! ```
//!
//! The lists are arrays of addresses, relocated with the rest; what is 0 or -1 is
//! skipped (ABIs differ on whether a list has such an end). System V ABI, "Sections";
//! the order of priorities is GNU ld's.

use crate::object::Object;
use crate::plan::Plan;
use crate::section::Section;
use alloc::vec::Vec;
use core::fmt;

/// Bytes in an entry.
const ENTRY: u64 = 8;

/// Rank of a list without a number: after all that have one.
const PLAIN: u32 = 1 << 16;

/// Why the lists can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartupError<'data> {
    /// Not a whole number of addresses.
    Size {
        /// The section.
        section: &'data str,
        /// Its bytes.
        bytes: u64,
    },
    /// Not a function of the module that is there at the time.
    Function {
        /// The section.
        section: &'data str,
        /// Which entry, counted from 0.
        index: u64,
        /// Its value.
        value: u64,
    },
    /// No memory for the list.
    OutOfMemory,
}

impl fmt::Display for StartupError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size { section, bytes } => {
                write!(f, "{section}: {bytes} bytes are no list of addresses")
            }
            Self::Function {
                section,
                index,
                value,
            } => write!(
                f,
                "{section}: entry {index}, {value:#x}, is no function of the module"
            ),
            Self::OutOfMemory => f.write_str("no memory for the list of constructors"),
        }
    }
}

impl core::error::Error for StartupError<'_> {}

/// Addresses to call before init, in order, from an image linked for `base`.
pub fn constructors<'data>(
    object: &Object<'data>,
    plan: &Plan,
    base: u64,
    image: &[u8],
) -> Result<Vec<u64>, StartupError<'data>> {
    let lists = [(".init_array", false), (".ctors", true)];
    Lists {
        object,
        plan,
        base,
        image,
    }
    .all(lists, true)
}

/// Addresses to call after exit, in order.
pub fn destructors<'data>(
    object: &Object<'data>,
    plan: &Plan,
    base: u64,
    image: &[u8],
) -> Result<Vec<u64>, StartupError<'data>> {
    let lists = [(".fini_array", false), (".dtors", true)];
    let lists = Lists {
        object,
        plan,
        base,
        image,
    }
    .all(lists, false);
    lists.map(|mut addresses| {
        addresses.reverse();
        addresses
    })
}

struct Lists<'a, 'data> {
    object: &'a Object<'data>,
    plan: &'a Plan,
    base: u64,
    image: &'a [u8],
}

impl<'data> Lists<'_, 'data> {
    /// All entries in the order of constructors. Each of the names comes with whether
    /// such a list counts backwards.
    fn all(
        &self,
        names: [(&str, bool); 2],
        may_be_init: bool,
    ) -> Result<Vec<u64>, StartupError<'data>> {
        let mut sections: Vec<(u32, bool, Section<'data>)> = Vec::new();
        for section in self.object.sections() {
            for (name, backwards) in names {
                let Some(rank) = rank_of(section.name, name, backwards) else {
                    continue;
                };
                let memory = sections.try_reserve(1);
                memory.map_err(|_| StartupError::OutOfMemory)?;
                sections.push((rank, backwards, section));
            }
        }
        // Stable: of one rank, the first in the file comes first.
        sections.sort_by_key(|&(rank, ..)| rank);
        let mut addresses = Vec::new();
        for (_, backwards, section) in sections {
            let first = addresses.len();
            self.entries(&section, may_be_init, &mut addresses)?;
            if backwards {
                addresses[first..].reverse();
            }
        }
        Ok(addresses)
    }

    fn entries(
        &self,
        section: &Section<'data>,
        may_be_init: bool,
        addresses: &mut Vec<u64>,
    ) -> Result<(), StartupError<'data>> {
        let (name, bytes) = (section.name, section.size);
        let Some(start) = self.plan.offset_of(section.index) else {
            return Ok(());
        };
        let list = self.image.get(start as usize..(start + bytes) as usize);
        let list = list.filter(|_| bytes.is_multiple_of(ENTRY));
        let (entries, _) = list
            .ok_or(StartupError::Size {
                section: name,
                bytes,
            })?
            .as_chunks::<{ ENTRY as usize }>();
        let memory = addresses.try_reserve(entries.len());
        memory.map_err(|_| StartupError::OutOfMemory)?;
        for (index, entry) in (0..).zip(entries) {
            let value = u64::from_be_bytes(*entry);
            if value == 0 || value == u64::MAX {
                continue;
            }
            if !self.is_function(value, may_be_init) {
                return Err(StartupError::Function {
                    section: name,
                    index,
                    value,
                });
            }
            addresses.push(value);
        }
        Ok(())
    }

    fn is_function(&self, address: u64, may_be_init: bool) -> bool {
        let Some(offset) = address.checked_sub(self.base) else {
            return false;
        };
        let mut regions = self.plan.regions().iter();
        let region = regions.find(|region| region.contains(offset));
        let kind = region.map(|region| region.kind);
        address.is_multiple_of(2)
            && kind.is_some_and(|kind| kind.is_text() && (may_be_init || !kind.is_init()))
    }
}

/// The rank of section `name` among the lists called `wanted`.
fn rank_of(name: &str, wanted: &str, backwards: bool) -> Option<u32> {
    let rest = name.strip_prefix(wanted)?;
    if rest.is_empty() {
        return Some(PLAIN);
    }
    match rest.strip_prefix('.')?.parse::<u16>() {
        Ok(number) if backwards => Some(u32::from(u16::MAX - number)),
        Ok(number) => Some(number.into()),
        Err(_) => Some(PLAIN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks() {
        assert_eq!(rank_of(".init_array", ".init_array", false), Some(PLAIN));
        assert_eq!(
            rank_of(".init_array.00100", ".init_array", false),
            Some(100)
        );
        assert_eq!(rank_of(".ctors.65435", ".ctors", true), Some(100));
        assert_eq!(rank_of(".ctors.99999", ".ctors", true), Some(PLAIN));
        assert_eq!(rank_of(".init_arrays", ".init_array", false), None);
        assert_eq!(rank_of(".init.text", ".init_array", false), None);
    }
}
