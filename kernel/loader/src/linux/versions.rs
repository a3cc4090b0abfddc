//! The CRCs of what an object imports: section `__versions`.
//!
//! ```text
//!   0  CRC, as a doubleword
//!   8  the symbol's name, filled up with NUL, 56 bytes
//! ```
//!
//! The CRC is of the symbol's declaration and of all types in it, as Linux's genksyms makes it:
//! a struct with one field more gives another.

use crate::error::Name;
use crate::object::Object;
use alloc::vec::Vec;
use core::fmt;
use fallible::collected;

/// The section's name.
const SECTION: &str = "__versions";

/// Bytes in a record.
const RECORD: usize = 64;

/// Bytes before the name.
const NAME: usize = 8;

/// Why an object's list of CRCs can't be read.
#[derive(Debug, PartialEq, Eq)]
pub enum VersionsError {
    /// It isn't a whole number of records.
    Size {
        /// Bytes that the section has.
        bytes: usize,
    },
    /// A record's name isn't UTF-8 with a NUL behind it, or its CRC has more than 32 bits.
    Record {
        /// Which record, counted from 0.
        index: usize,
    },
    /// A symbol has two CRCs.
    Twice(Name),
    /// No memory for their order.
    OutOfMemory,
}

impl fmt::Display for VersionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size { bytes } => {
                write!(f, "{SECTION} of {bytes} bytes holds no records of {RECORD}")
            }
            Self::Record { index } => write!(f, "{SECTION} record {index}: no CRC of a name"),
            Self::Twice(name) => write!(f, "{SECTION}: {name} has two CRCs"),
            Self::OutOfMemory => f.write_str("no memory for the CRCs of its imports"),
        }
    }
}

impl core::error::Error for VersionsError {}

/// The CRCs of what an object imports; none for one without the section. Holds 4 bytes a record.
#[derive(Debug)]
pub struct Versions<'data> {
    records: &'data [[u8; RECORD]],
    /// The records by their names.
    order: Vec<u32>,
}

impl<'data> Versions<'data> {
    /// Reads and checks them.
    ///
    /// # Errors
    /// As [`VersionsError`] has them.
    pub fn of(object: &Object<'data>) -> Result<Self, VersionsError> {
        let section = object.sections().find(|section| section.name == SECTION);
        let bytes = section.map_or(&[][..], |section| section.bytes);
        let (records, rest) = bytes.as_chunks::<RECORD>();
        match rest {
            [] => Self::new(records),
            _ => Err(VersionsError::Size { bytes: bytes.len() }),
        }
    }

    fn new(records: &'data [[u8; RECORD]]) -> Result<Self, VersionsError> {
        if let Some(index) = records.iter().position(|record| decoded(record).is_none()) {
            return Err(VersionsError::Record { index });
        }
        let order = collected(records.len(), 0..records.len() as u32);
        let mut order = order.map_err(|_| VersionsError::OutOfMemory)?;
        let name = |&index: &u32| decoded(&records[index as usize]).map_or("", |it| it.0);
        order.sort_unstable_by_key(name);
        match order
            .windows(2)
            .find(|pair| name(&pair[0]) == name(&pair[1]))
        {
            Some(pair) => Err(VersionsError::Twice(Name::new(name(&pair[0])))),
            None => Ok(Self { records, order }),
        }
    }

    /// The CRC of the declaration that the object was compiled with.
    pub fn crc(&self, name: &str) -> Option<u32> {
        let record = |&index: &u32| decoded(&self.records[index as usize]);
        let at = self
            .order
            .binary_search_by_key(&Some(name), |index| record(index).map(|it| it.0));
        let (_, crc) = record(&self.order[at.ok()?])?;
        Some(crc)
    }
}

/// A record's name and CRC.
fn decoded(record: &[u8; RECORD]) -> Option<(&str, u32)> {
    let (crc, name) = record.split_first_chunk::<NAME>()?;
    let end = name.iter().position(|&byte| byte == 0)?;
    let name = core::str::from_utf8(&name[..end]).ok()?;
    let crc = u32::try_from(u64::from_be_bytes(*crc)).ok()?;
    (!name.is_empty()).then_some((name, crc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(crc: u64, name: &[u8]) -> [u8; RECORD] {
        let mut record = [0; RECORD];
        record[..NAME].copy_from_slice(&crc.to_be_bytes());
        record[NAME..NAME + name.len()].copy_from_slice(name);
        record
    }

    #[test]
    fn names_are_whole() {
        let records = [record(7, b"abc"), record(0xffff_ffff, b"ab")];
        let versions = Versions::new(&records).unwrap();
        assert_eq!(versions.crc("abc"), Some(7));
        assert_eq!(versions.crc("ab"), Some(0xffff_ffff));
        assert_eq!((versions.crc("a"), versions.crc("abcd")), (None, None));
    }

    #[test]
    fn a_name_has_one_crc() {
        let records = [record(7, b"b"), record(8, b"a"), record(7, b"b")];
        let twice = VersionsError::Twice(Name::new("b"));
        assert_eq!(Versions::new(&records).unwrap_err(), twice);
    }

    #[test]
    fn a_record_is_a_crc_and_a_name() {
        assert_eq!(decoded(&record(9, b"x")), Some(("x", 9)));
        assert_eq!(decoded(&record(1 << 32, b"x")), None);
        assert_eq!(decoded(&record(9, b"")), None);
        assert_eq!(decoded(&record(9, &[b'n'; 56])), None);
        assert_eq!(decoded(&record(9, &[b'n'; 55])).map(|it| it.1), Some(9));
        assert_eq!(decoded(&record(9, b"\xff")), None);
    }
}
