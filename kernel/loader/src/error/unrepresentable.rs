//! A relocation's value that its field can't hold, for a line like
//!
//! ```text
//! .text+0x8: R_390_PC32DBL against hits (0x1a5200): -2199021530630 is out of reach from
//! 0x20000000008; the distance is -2047.9 GiB, the field spans -4 GiB to 4 GiB - 2 bytes
//! ```

use super::name::{Name, Place};
use crate::s390x::{FieldError, Howto, RelativeTo};
use crate::size::{Exact, Outside};
use core::fmt;

/// A relocation whose value its field can't hold.
#[derive(Debug, PartialEq, Eq)]
pub struct Unrepresentable {
    /// The section that it is in, and bytes from that section's start.
    pub place: Place,
    /// What its type computes, and into which field that should go.
    pub howto: &'static Howto,
    /// What a person would say that it refers to: the symbol, or for a section's symbol
    /// the one that lies there.
    pub symbol: Name,
    /// Bytes from that symbol to what is meant.
    pub offset: i64,
    /// That symbol's value: an address, or a handle of per-CPU data.
    pub value: u64,
    /// Whether that is 0 because the symbol is weak and defined nowhere.
    pub is_missing: bool,
    /// What the value counts from: address of the place or of the GOT, or 0.
    pub from: u64,
    /// What the field would have to hold, in bytes; one that wraps at 64 bits never
    /// comes here.
    pub result: i64,
}

impl fmt::Display for Unrepresentable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.subject(f)?;
        let result = self.result;
        match self.howto.field.check(result) {
            Err(FieldError::Odd) => {
                write!(f, "{result} is odd, and the field counts halfwords")?;
            }
            _ => self.overflow(f)?,
        }
        match self.is_missing {
            true => f.write_str("; what may be missing is reached through the GOT (-fPIC)"),
            false => Ok(()),
        }
    }
}

impl Unrepresentable {
    /// `.text+0x8: R_390_PC32DBL against hits (0x1a5200): `
    fn subject(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            howto,
            symbol,
            value,
            ..
        } = self;
        write!(f, "{place}: {} against {symbol}", howto.name)?;
        match self.offset {
            0 => {}
            offset @ ..0 => write!(f, "-{:#x}", offset.unsigned_abs())?,
            offset => write!(f, "+{offset:#x}")?,
        }
        let missing = match self.is_missing {
            true => ", weak and defined nowhere",
            false => "",
        };
        write!(f, " ({value:#x}{missing}): ")
    }

    fn overflow(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, result, .. } = *self;
        let (least, greatest) = self.howto.field.range();
        let from_what = match self.howto.relative_to {
            // No place is meant, so nothing is far.
            RelativeTo::Nothing => {
                return write!(
                    f,
                    "{result} doesn't fit, the field holds {least} to {greatest}"
                );
            }
            RelativeTo::Place => "",
            RelativeTo::Got => "the GOT at ",
        };
        write!(
            f,
            "{result} is out of reach from {from_what}{from:#x}; the distance is {}, the field \
             spans {} to {}",
            Outside {
                bytes: result,
                least,
                greatest
            },
            Exact(least),
            Exact(greatest)
        )
    }
}
