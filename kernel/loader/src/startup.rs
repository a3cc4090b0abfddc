//! What of a module is called when it is loaded and unloaded: constructors and init,
//! exit and destructors.
//!
//! ```text
//!  before init   .init_array.N by N, .ctors.N by 65535-N, then the plain ones;
//!                an .init_array forwards, a .ctors backwards
//!  init          init_module
//!  exit          cleanup_module
//!  after exit    .fini_array and .dtors: all the other way round
//! ```
//!
//! The lists are arrays of addresses, relocated with the rest; what is 0 or -1 is
//! skipped (ABIs differ on whether a list has such an end). System V ABI, "Sections";
//! the order of priorities is GNU ld's.
//!
//! Every address is checked (`code.rs`) before the first of them is called.

use crate::code::{ByAddress, Until, check_function};
use crate::error::Unusable;
use crate::escape::Escaped;
use crate::layout::Layout;
use crate::section::Section;
use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::fmt;
use fallible::TryPush;

/// Symbols that a module's init and exit have.
const INIT: &str = "init_module";
const EXIT: &str = "cleanup_module";

/// Bytes in an entry.
const ENTRY: u64 = 8;

/// Rank of a list without a number: after all that have one.
const PLAIN: u32 = 1 << 16;

/// Why a module can't be started.
#[derive(Debug, PartialEq, Eq)]
pub enum StartupError<'data> {
    /// A list isn't a whole number of addresses.
    Size {
        /// The list's section.
        section: &'data str,
        /// Bytes that the section has.
        bytes: u64,
    },
    /// An entry of a list is no function of the module that is there at the time.
    Entry {
        /// The list's section.
        section: &'data str,
        /// Which entry, counted from 0.
        index: u64,
        /// The address that it holds once it is relocated.
        value: u64,
        /// What is wrong with that.
        why: Unusable,
    },
    /// Init or exit is no function of the module that is there at the time.
    EntryPoint {
        /// `init_module` or `cleanup_module`.
        name: &'static str,
        /// What is wrong with it.
        why: Unusable,
    },
    /// No memory for the lists.
    OutOfMemory,
}

impl fmt::Display for StartupError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size { section, bytes } => {
                let section = Escaped(section);
                write!(f, "{section}: {bytes} bytes are no list of addresses")
            }
            Self::Entry {
                section,
                index,
                value,
                why,
            } => write!(
                f,
                "{}: entry {index}, {value:#x}, is no function of the module: it {why}",
                Escaped(section)
            ),
            Self::EntryPoint { name, why } => {
                write!(f, "{name} is no function of the module: it {why}")
            }
            Self::OutOfMemory => f.write_str("no memory for the list of constructors"),
        }
    }
}

impl core::error::Error for StartupError<'_> {}

impl From<TryReserveError> for StartupError<'_> {
    fn from(_: TryReserveError) -> Self {
        Self::OutOfMemory
    }
}

/// Addresses of the functions that a load and an unload call. Each is that of an
/// instruction of the module's text, which for what is called after init isn't that of
/// its init sections.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Startup {
    /// Called before init, in order.
    pub constructors: Vec<u64>,
    /// Init: `int init_module(void)`.
    pub init: Option<u64>,
    /// Exit: `void cleanup_module(void)`.
    pub exit: Option<u64>,
    /// Called after exit, in order.
    pub destructors: Vec<u64>,
}

impl Startup {
    /// Reads and checks them, from an image that was linked for `base`.
    ///
    /// # Errors
    /// If one of them is no function of the module, or there is no memory for the lists.
    pub fn of<'data>(
        layout: &Layout<'data>,
        base: u64,
        image: &[u8],
    ) -> Result<Self, StartupError<'data>> {
        let lists = Lists {
            layout,
            sections: ByAddress::new(layout)?,
            base,
            image,
        };
        let first = [(".init_array", false), (".ctors", true)];
        let last = [(".fini_array", false), (".dtors", true)];
        let mut startup = Self {
            constructors: lists.all(first, Until::InitReturns)?,
            init: entry_point(layout, base, INIT, Until::InitReturns)?,
            exit: entry_point(layout, base, EXIT, Until::Unload)?,
            destructors: lists.all(last, Until::Unload)?,
        };
        startup.destructors.reverse();
        Ok(startup)
    }
}

/// Address of the function of this name, if the module has a symbol of it.
fn entry_point<'data>(
    layout: &Layout<'data>,
    base: u64,
    name: &'static str,
    until: Until,
) -> Result<Option<u64>, StartupError<'data>> {
    let object = layout.object();
    let unusable = |why| StartupError::EntryPoint { name, why };
    let Some(symbol) = object.find(name) else {
        return match object.named(name).any(|symbol| symbol.is_undefined()) {
            true => Err(unusable(Unusable::Undefined)),
            false => Ok(None),
        };
    };
    check_function(layout, &symbol, until).map_err(unusable)?;
    let section = symbol.section_index();
    let start = section.and_then(|section| layout.offset_of(section));
    let start = start.ok_or_else(|| unusable(Unusable::Undefined))?;
    Ok(Some(base.wrapping_add(start).wrapping_add(symbol.value)))
}

struct Lists<'a, 'data> {
    layout: &'a Layout<'data>,
    sections: ByAddress<'a, 'data>,
    base: u64,
    image: &'a [u8],
}

impl<'data> Lists<'_, 'data> {
    /// All entries in the order of constructors. Each of the names comes with whether
    /// such a list counts backwards.
    fn all(&self, names: [(&str, bool); 2], until: Until) -> Result<Vec<u64>, StartupError<'data>> {
        let mut lists: Vec<(u32, u32, bool)> = Vec::new();
        for section in self.layout.sections() {
            for (name, backwards) in names {
                if let Some(rank) = rank_of(section.name, name, backwards) {
                    lists.try_push((rank, section.index as u32, backwards))?;
                }
            }
        }
        // Of one rank, the first in the file comes first.
        lists.sort_unstable();
        let mut addresses = Vec::new();
        for (_, index, backwards) in lists {
            let first = addresses.len();
            self.entries(self.layout.section(index as usize), until, &mut addresses)?;
            if backwards {
                addresses[first..].reverse();
            }
        }
        Ok(addresses)
    }

    fn entries(
        &self,
        section: &Section<'data>,
        until: Until,
        addresses: &mut Vec<u64>,
    ) -> Result<(), StartupError<'data>> {
        let (name, bytes) = (section.name, section.size);
        let Some(start) = self.layout.offset_of(section.index) else {
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
        for (index, entry) in (0..).zip(entries) {
            let value = u64::from_be_bytes(*entry);
            if value == 0 || value == u64::MAX {
                continue;
            }
            let inside = value.checked_sub(self.base).ok_or(Unusable::Undefined);
            let checked = inside.and_then(|offset| self.sections.check_function(offset, until));
            checked.map_err(|why| StartupError::Entry {
                section: name,
                index,
                value,
                why,
            })?;
            addresses.try_push(value)?;
        }
        Ok(())
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
