//! The records of section `__param`: what a module says of its parameters.
//!
//! Rust's `module_param!` and C's `module_param()` make the same, eight bytes aligned:
//!
//! ```text
//!   0  name    address of its name, ended by NUL
//!   8  value   address of the variable, writable while the module's init runs, which may
//!              be at any byte; or of what describes it, for the last three kinds
//!  16  kind    1 int, 2 uint, 3 long, 4 ulong, 5 bool (one byte), 6 charp, 7 short,
//!              8 ushort, 9 byte, 10 ullong, 11 hexint, 12 invbool, 13 bint,
//!              14 array, 15 string, 16 the module's own function
//!  20  0
//!  24  next record
//!
//!  array       0 most elements, 4 bytes of each, 8 address of a count or 0, 24 elements,
//!              32 their kind                                  struct kparam_array
//!  string      0 bytes, 8 address                             struct kparam_string
//!  function    16 operations: 0 flags, 8 the function         struct kernel_param
//! ```
//!
//! A charp's variable holds the address of a string that ends with NUL, or 0.
//!
//! An object compiled for Linux has a struct kernel_param for each, of 40 bytes: 0 name,
//! 16 operations, which may be another module's. So all its parameters are set by functions.

use super::error::ParameterError;
use super::kind::ParameterKind;
use super::section::{LINUX_RECORD, RECORD, SECTION};
use crate::code::{ByAddress, Until};
use crate::layout::Layout;
use crate::linux;

const ARRAY: u32 = 14;
const STRING: u32 = 15;
const FUNCTION: u32 = 16;

/// Bit of an operations' flags: the value may be left out.
const NO_ARGUMENT: u32 = 1;

/// A record, checked: offsets count in the image.
#[derive(Clone, Copy)]
pub(crate) struct Record {
    /// Where its name begins.
    pub name: usize,
    /// What is set.
    pub what: What,
}

/// What a parameter sets.
#[derive(Clone, Copy)]
pub(crate) enum What {
    /// A variable.
    Variable(ParameterKind, usize),
    /// The first elements of an array.
    Array {
        /// What an element is.
        kind: ParameterKind,
        /// Where the first one lies.
        start: usize,
        /// Most of them.
        most: usize,
        /// Where their number goes.
        count: Option<usize>,
    },
    /// An array of bytes, for a text with its NUL.
    Text {
        /// Where it begins.
        start: usize,
        /// How many bytes it has.
        bytes: usize,
    },
    /// Nothing: it can only be read.
    ReadOnly,
    /// A function gets the text.
    Function {
        /// Which.
        set: Setter,
        /// Address of the struct that it gets.
        parameter: u64,
        /// Whether there may be no text.
        may_be_none: bool,
    },
}

/// A function that gets a parameter's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setter {
    /// An instruction of the module's text, at this address.
    Own(u64),
    /// What operations outside of the module name, which lie at this address: 0 flags, of which
    /// the lowest says that there may be no text, and 8 the function.
    Others(u64),
}

/// Reads records.
pub(crate) struct Records<'a, 'data> {
    layout: &'a Layout<'data>,
    sections: ByAddress<'a, 'data>,
    base: u64,
    start: usize,
    /// Bytes in each.
    record: usize,
    /// How many there are.
    pub count: usize,
}

impl<'a, 'data> Records<'a, 'data> {
    /// Those of a module that is linked for `base`; `None` if it has none.
    pub fn of<'word>(
        layout: &'a Layout<'data>,
        base: u64,
    ) -> Result<Option<Self>, ParameterError<'word>> {
        let mut sections = layout.sections().iter();
        let Some(section) = sections.find(|section| section.name == SECTION) else {
            return Ok(None);
        };
        let bytes = section.size;
        let record = match linux::is_linux(layout.object()) {
            true => LINUX_RECORD,
            false => RECORD,
        };
        let whole = bytes.is_multiple_of(record as u64) && section.align.is_multiple_of(8);
        let start = layout.offset_of(section.index);
        let start = start.filter(|_| whole || bytes == 0);
        let start = start.ok_or(ParameterError::Section { bytes, record })?;
        Ok(Some(Self {
            layout,
            sections: ByAddress::new(layout).map_err(|_| ParameterError::OutOfMemory)?,
            base,
            start: start as usize,
            record,
            count: bytes as usize / record,
        }))
    }

    /// A record, which is checked.
    pub fn get<'word>(&self, image: &[u8], index: usize) -> Result<Record, ParameterError<'word>> {
        let bad = |field, value| ParameterError::Record {
            index,
            field,
            value,
        };
        let at = self.start + index * self.record;
        let place = bad("place", at as u64);
        let name = doubleword(image, at).ok_or(place)?;
        if self.record == LINUX_RECORD {
            let named = self.name(image, name).ok_or(bad("name", name))?;
            let address = self.base.wrapping_add(at as u64);
            let what = self.function(image, address);
            let what = what.ok_or(bad("operations", address))?;
            return Ok(Record { name: named, what });
        }
        let value = doubleword(image, at + 8).ok_or(place)?;
        let tag = doubleword(image, at + 16).ok_or(place)?;
        let named = self.name(image, name);
        let kind = (tag >> 32) as u32;
        let what = match (ParameterKind::of(kind), tag as u32) {
            (_, 1..) => return Err(bad("kind", tag)),
            (Some(kind), _) => self
                .writable(image, value, kind.bytes() as u64)
                .map(|at| What::Variable(kind, at)),
            _ => match kind {
                ARRAY => self.array(image, value),
                STRING => self.text(image, value),
                FUNCTION => self.function(image, value),
                _ => return Err(bad("kind", tag)),
            },
        };
        Ok(Record {
            name: named.ok_or(bad("name", name))?,
            what: what.ok_or(bad("value", value))?,
        })
    }

    /// Where a name lies.
    fn name(&self, image: &[u8], address: u64) -> Option<usize> {
        let at = self.inside(image, address)?;
        (image[at..].contains(&0) && image[at] != 0).then_some(at)
    }

    fn array(&self, image: &[u8], address: u64) -> Option<What> {
        let at = self.inside(image, address)?;
        let (most, size) = (word(image, at)?, word(image, at + 4)?);
        let count = doubleword(image, at + 8)?;
        let elements = doubleword(image, at + 24)?;
        let kind = u32::try_from(doubleword(image, at + 32)?).ok();
        let kind = kind.and_then(ParameterKind::of)?;
        let bytes = u64::from(most).checked_mul(kind.bytes() as u64)?;
        (size as usize == kind.bytes()).then_some(What::Array {
            kind,
            start: self.writable(image, elements, bytes)?,
            most: most as usize,
            count: match count {
                0 => None,
                count => Some(self.writable(image, count, 4)?),
            },
        })
    }

    fn text(&self, image: &[u8], address: u64) -> Option<What> {
        let at = self.inside(image, address)?;
        let bytes = word(image, at)?;
        let start = doubleword(image, at + 8)?;
        Some(What::Text {
            start: self.writable(image, start, bytes.into())?,
            bytes: bytes as usize,
        })
    }

    fn function(&self, image: &[u8], address: u64) -> Option<What> {
        let at = self.inside(image, address)?;
        let address_of_operations = doubleword(image, at + 16)?;
        let Some(operations) = self.inside(image, address_of_operations) else {
            // Of Linux's, they are often another module's; who calls them looks into them.
            return (self.record == LINUX_RECORD).then_some(What::Function {
                set: Setter::Others(address_of_operations),
                parameter: address,
                may_be_none: true,
            });
        };
        let set = doubleword(image, operations + 8)?;
        if set == 0 && self.record == LINUX_RECORD {
            return Some(What::ReadOnly);
        }
        let offset = set.checked_sub(self.base)?;
        let checked = self.sections.check_function(offset, Until::InitReturns);
        checked.ok()?;
        Some(What::Function {
            set: Setter::Own(set),
            parameter: address,
            may_be_none: word(image, operations)? & NO_ARGUMENT != 0,
        })
    }

    /// Where an address lies in the image.
    fn inside(&self, image: &[u8], address: u64) -> Option<usize> {
        let offset = usize::try_from(address.checked_sub(self.base)?).ok()?;
        (offset < image.len()).then_some(offset)
    }

    /// Where so many bytes lie, 1 at least, that may be written until init has returned.
    fn writable(&self, image: &[u8], address: u64, bytes: u64) -> Option<usize> {
        let at = self.inside(image, address)?;
        let last = (at as u64).checked_add(bytes.checked_sub(1)?)?;
        let regions = self.layout.regions().iter();
        let mut writable = regions.filter(|region| region.kind.is_writable());
        let one = writable.any(|region| region.contains(at as u64) && region.contains(last));
        one.then_some(at)
    }
}

fn word(image: &[u8], at: usize) -> Option<u32> {
    let bytes = image.get(at..)?.first_chunk()?;
    Some(u32::from_be_bytes(*bytes))
}

fn doubleword(image: &[u8], at: usize) -> Option<u64> {
    let bytes = image.get(at..)?.first_chunk()?;
    Some(u64::from_be_bytes(*bytes))
}
