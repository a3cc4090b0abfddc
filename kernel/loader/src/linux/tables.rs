//! Tables that the compiler leaves beside the code of an object for Linux, for whoever handles
//! what the code runs into.
//!
//! ```text
//!  __ex_table    12 bytes   0 instruction  4 continuation  8 kind  10 registers, bytes
//!  __bug_table   12 bytes   0 instruction  4 file's name   8 line  10 flags
//!  __jump_table  16 bytes   0 instruction  4 its target    8 key, 8 bytes; its lowest bit says
//!                                                            that the branch is taken without it
//! ```
//!
//! Each of the fields that name a place counts from itself, four bytes with a sign but for the
//! key. What they name is checked before it is used: an instruction lies in the module's text.

use crate::code::{ByAddress, Until};
use crate::error::Name;
use crate::layout::Layout;
use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::fmt;
use fallible::TryPush;

/// What a program check of an instruction leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The instruction's address.
    pub instruction: u64,
    /// Where to go on.
    pub continuation: u64,
    /// What the code there finds.
    pub fixup: Fixup,
}

/// What code that goes on behind a program check finds (Linux: `EX_TYPE_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixup {
    /// Nothing.
    Nothing,
    /// An error number in this register.
    Error {
        /// The register.
        error: u8,
    },
    /// An error number in a register, and zeros in memory that was to be loaded.
    ErrorAndMemory {
        /// The register of the error.
        error: u8,
        /// The register that holds the memory's address.
        address: u8,
        /// Bytes of it.
        bytes: u8,
    },
    /// An error number in a register, and 0 in one that was to be loaded.
    ErrorAndRegister {
        /// The register of the error.
        error: u8,
        /// The register that was to be loaded.
        loaded: u8,
    },
}

/// A place that MONITOR CALL reports: code that must not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bug {
    /// The instruction's address.
    pub instruction: u64,
    /// Address of the source file's name, which ends with NUL.
    pub file: u64,
    /// The line.
    pub line: u16,
    /// Whether the code goes on.
    pub is_warning: bool,
    /// Whether it is reported but once.
    pub is_once: bool,
}

/// A branch that is there or not, by a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Jump {
    /// Address of the key: a count, four bytes, in which more than 0 is on.
    pub key: u64,
    /// Address of the instruction, six bytes: BRCL with a mask of all or nothing.
    pub site: u64,
    /// Whether the branch is taken while the key is off.
    pub is_inverted: bool,
}

impl Jump {
    /// Bytes from the instruction to the one that has the mask.
    pub const MASK: u64 = 1;

    /// That byte, for a key that is on or off.
    pub const fn mask(&self, is_on: bool) -> u8 {
        if is_on != self.is_inverted {
            0xf4
        } else {
            0x04
        }
    }
}

/// An object's tables, each in the order of what it is searched by.
#[derive(Debug, Default)]
pub struct Tables {
    exceptions: Vec<Exception>,
    bugs: Vec<Bug>,
    jumps: Vec<Jump>,
}

/// What is wrong with a table.
#[derive(Debug, PartialEq, Eq)]
pub enum TableError {
    /// It isn't a whole number of records, or takes no memory.
    Size {
        /// The section's name.
        section: &'static str,
        /// Bytes that it has.
        bytes: u64,
    },
    /// A field of a record is impossible.
    Record {
        /// The section's name.
        section: &'static str,
        /// Which record, counted from 0.
        index: usize,
        /// The field.
        field: &'static str,
        /// What it names.
        value: u64,
    },
    /// No memory for the tables.
    OutOfMemory,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size { section, bytes } => {
                let section = Name::new(section);
                write!(f, "{section} of {bytes} bytes holds no records of its kind")
            }
            Self::Record {
                section,
                index,
                field,
                value,
            } => write!(
                f,
                "{section} record {index}: {field} {value:#x} is impossible"
            ),
            Self::OutOfMemory => f.write_str("no memory for the tables of its code"),
        }
    }
}

impl core::error::Error for TableError {}

impl From<TryReserveError> for TableError {
    fn from(_: TryReserveError) -> Self {
        Self::OutOfMemory
    }
}

/// Flags of a record of `__bug_table`.
const WARNING: u16 = 1;
const ONCE: u16 = 2;

impl Tables {
    /// Reads and checks them, from an image that was linked for `base`.
    ///
    /// # Errors
    /// As [`TableError`] has them.
    pub fn of(layout: &Layout<'_>, base: u64, image: &[u8]) -> Result<Self, TableError> {
        let reader = Reader {
            layout,
            sections: ByAddress::new(layout)?,
            base,
            image,
        };
        let mut tables = Self {
            exceptions: reader.all("__ex_table", Reader::exception)?,
            bugs: reader.all("__bug_table", Reader::bug)?,
            jumps: reader.all("__jump_table", Reader::jump)?,
        };
        tables.exceptions.sort_unstable_by_key(|it| it.instruction);
        tables.bugs.sort_unstable_by_key(|it| it.instruction);
        tables.jumps.sort_unstable();
        Ok(tables)
    }

    /// What a program check of the instruction at an address leads to, if one is expected.
    pub fn exception(&self, instruction: u64) -> Option<Exception> {
        let found = self
            .exceptions
            .binary_search_by_key(&instruction, |it| it.instruction);
        Some(self.exceptions[found.ok()?])
    }

    /// What the MONITOR CALL at an address reports, and its number.
    pub fn bug(&self, instruction: u64) -> Option<(usize, Bug)> {
        let found = self
            .bugs
            .binary_search_by_key(&instruction, |it| it.instruction);
        let number = found.ok()?;
        Some((number, self.bugs[number]))
    }

    /// How many places MONITOR CALL may report.
    pub fn bug_count(&self) -> usize {
        self.bugs.len()
    }

    /// All branches that keys decide on, those of one key together.
    pub fn jumps(&self) -> &[Jump] {
        &self.jumps
    }

    /// The branches of the key at an address.
    pub fn jumps_of(&self, key: u64) -> &[Jump] {
        let first = self.jumps.partition_point(|jump| jump.key < key);
        let rest = &self.jumps[first..];
        &rest[..rest.partition_point(|jump| jump.key == key)]
    }
}

struct Reader<'a, 'data> {
    layout: &'a Layout<'data>,
    sections: ByAddress<'a, 'data>,
    base: u64,
    image: &'a [u8],
}

/// A record of a table, and where it lies.
struct Record<'a, const BYTES: usize> {
    section: &'static str,
    index: usize,
    address: u64,
    bytes: &'a [u8; BYTES],
}

impl<const BYTES: usize> Record<'_, BYTES> {
    fn half(&self, at: usize) -> u16 {
        u16::from_be_bytes([self.bytes[at], self.bytes[at + 1]])
    }

    fn word(&self, at: usize) -> i32 {
        let bytes: [u8; 4] = core::array::from_fn(|byte| self.bytes[at + byte]);
        i32::from_be_bytes(bytes)
    }

    /// What a word names that counts from itself.
    fn place(&self, at: usize) -> u64 {
        let field = self.address.wrapping_add(at as u64);
        field.wrapping_add_signed(self.word(at).into())
    }

    fn bad(&self, field: &'static str, value: u64) -> TableError {
        TableError::Record {
            section: self.section,
            index: self.index,
            field,
            value,
        }
    }
}

impl Reader<'_, '_> {
    /// All records of a section; none for a section that isn't there.
    fn all<T, const BYTES: usize>(
        &self,
        section: &'static str,
        read: fn(&Self, &Record<'_, BYTES>) -> Result<T, TableError>,
    ) -> Result<Vec<T>, TableError> {
        let mut found = Vec::new();
        let sections = self.layout.sections().iter();
        for table in { sections }.filter(|table| table.name == section && table.size != 0) {
            let bytes = table.size;
            let wrong = TableError::Size { section, bytes };
            let Some(start) = self.layout.offset_of(table.index) else {
                return Err(wrong);
            };
            let table = self.image.get(start as usize..(start + bytes) as usize);
            let Some((records, [])) = table.map(<[u8]>::as_chunks::<BYTES>) else {
                return Err(wrong);
            };
            for (index, record) in records.iter().enumerate() {
                found.try_push(read(
                    self,
                    &Record {
                        section,
                        index,
                        address: self.base.wrapping_add(start + (index * BYTES) as u64),
                        bytes: record,
                    },
                )?)?;
            }
        }
        Ok(found)
    }

    /// An address that a record names, if it is that of an instruction of the module.
    fn code<const BYTES: usize>(
        &self,
        record: &Record<'_, BYTES>,
        at: usize,
        field: &'static str,
    ) -> Result<u64, TableError> {
        let address = record.place(at);
        let offset = address.wrapping_sub(self.base);
        let checked = self.sections.check_function(offset, Until::InitReturns);
        match checked {
            Ok(()) => Ok(address),
            Err(_) => Err(record.bad(field, address)),
        }
    }

    fn exception(&self, record: &Record<'_, 12>) -> Result<Exception, TableError> {
        let data = record.half(10);
        let register = |shift: u32| (data >> shift & 0xf) as u8;
        let fixup = match record.half(8) {
            1 => Fixup::Nothing,
            3 => Fixup::Error { error: register(0) },
            4 => Fixup::ErrorAndMemory {
                error: register(0),
                address: register(4),
                bytes: register(8),
            },
            5 => Fixup::ErrorAndRegister {
                error: register(0),
                loaded: register(4),
            },
            kind => return Err(record.bad("kind", kind.into())),
        };
        Ok(Exception {
            instruction: self.code(record, 0, "instruction")?,
            continuation: self.code(record, 4, "continuation")?,
            fixup,
        })
    }

    fn bug(&self, record: &Record<'_, 12>) -> Result<Bug, TableError> {
        let file = record.place(4);
        let name = usize::try_from(file.wrapping_sub(self.base)).ok();
        let name = name.and_then(|at| self.image.get(at..));
        if !name.is_some_and(|name| name.contains(&0)) {
            return Err(record.bad("file", file));
        }
        let flags = record.half(10);
        Ok(Bug {
            instruction: self.code(record, 0, "instruction")?,
            file,
            line: record.half(8),
            is_warning: flags & WARNING != 0,
            is_once: flags & ONCE != 0,
        })
    }

    fn jump(&self, record: &Record<'_, 16>) -> Result<Jump, TableError> {
        const OPCODE: u8 = 0xc0;
        /// Bits of the key's field that are no part of the address.
        const FLAGS: u64 = 3;
        let site = self.code(record, 0, "instruction")?;
        let instruction = self.image.get(site.wrapping_sub(self.base) as usize..);
        let instruction = instruction.and_then(|code| code.first_chunk::<6>());
        let is_branch = |code: &[u8; 6]| code[0] == OPCODE && matches!(code[1], 0x04 | 0xf4);
        if !instruction.is_some_and(is_branch) {
            return Err(record.bad("instruction", site));
        }
        let high = u64::from(record.word(8).cast_unsigned());
        let distance = high << 32 | u64::from(record.word(12).cast_unsigned());
        let key = record.address.wrapping_add(8).wrapping_add(distance);
        Ok(Jump {
            key: key & !FLAGS,
            site,
            is_inverted: key & 1 != 0,
        })
    }
}
