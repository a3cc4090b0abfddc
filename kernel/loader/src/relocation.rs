//! An entry of a relocation section.

use crate::tables::Rela;
use object::BigEndian as BE;

/// A relocation as the file has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relocation {
    /// Bytes from the start of the section that it applies to.
    pub offset: u64,
    /// Number of its type, `R_390_...`.
    pub r_type: u32,
    /// Index of its symbol; 0 for none.
    pub symbol: u32,
    /// What is added to the symbol's value.
    pub addend: i64,
}

impl Relocation {
    /// The type of an entry.
    #[inline]
    pub(crate) fn type_of(rela: &Rela) -> u32 {
        rela.r_info.get(BE) as u32
    }

    /// Reads an entry, of which nothing is checked yet.
    #[inline]
    pub(crate) fn decode(rela: &Rela) -> Self {
        let info = rela.r_info.get(BE);
        Self {
            offset: rela.r_offset.get(BE),
            r_type: info as u32,
            symbol: (info >> 32) as u32,
            addend: rela.r_addend.get(BE),
        }
    }
}
