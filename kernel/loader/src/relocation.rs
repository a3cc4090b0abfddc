//! The relocation types of an s390x object: what each computes, and into which
//! field it goes.
//!
//! In the formulas of the s390x ELF ABI ("Relocation"): S is the symbol's value,
//! A the addend, P the place's address, G the offset of the symbol's GOT slot,
//! GOT the table's address, L the address of the symbol's PLT stub, or S where
//! the symbol is near.

use crate::field::Field;
use Formula::*;
use object::elf::*;

// The ABI's youngest types, which the `object` crate doesn't name.
const R_390_PC12DBL: RelocationType = RelocationType(62);
const R_390_PLT12DBL: RelocationType = RelocationType(63);
const R_390_PC24DBL: RelocationType = RelocationType(64);
const R_390_PLT24DBL: RelocationType = RelocationType(65);

/// What a relocation computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    /// Nothing.
    Nothing,
    /// S + A
    Absolute,
    /// S + A - P
    Relative,
    /// G + A
    GotOffset,
    /// GOT + G + A - P
    GotEntry,
    /// L + A - P
    Plt,
    /// L + A - GOT
    PltOffset,
    /// S + A - GOT
    GotRelative,
    /// GOT + A - P
    GotAddress,
}

impl Formula {
    /// Whether the symbol needs a GOT slot.
    pub fn needs_slot(self) -> bool {
        matches!(self, GotOffset | GotEntry)
    }

    /// Whether the symbol needs a PLT stub if it is far.
    pub fn needs_stub(self) -> bool {
        matches!(self, Plt | PltOffset)
    }
}

/// How a relocation type is done.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    /// What it computes.
    pub formula: Formula,
    /// Where it goes.
    pub field: Field,
}

/// One relocation, decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relocation {
    /// Bytes from the section's start.
    pub offset: u64,
    /// Type.
    pub kind: u32,
    /// Symbol index.
    pub symbol: u32,
    /// Addend.
    pub addend: i64,
}

const fn method(formula: Formula, field: Field) -> Option<Method> {
    Some(Method { formula, field })
}

/// How to do a type; `None` for those that a module can't have: thread-local
/// storage, and what only a dynamic linker processes.
pub fn method_of(kind: u32) -> Option<Method> {
    match RelocationType(kind) {
        R_390_NONE => method(Nothing, Field::NONE),
        R_390_8 => method(Absolute, Field::unsigned(8)),
        R_390_12 => method(Absolute, Field::unsigned(12)),
        R_390_16 => method(Absolute, Field::unsigned(16)),
        R_390_20 => method(Absolute, Field::LONG_DISPLACEMENT),
        R_390_32 => method(Absolute, Field::unsigned(32)),
        R_390_64 => method(Absolute, Field::DOUBLEWORD),
        R_390_PC16 => method(Relative, Field::signed(16)),
        R_390_PC32 => method(Relative, Field::signed(32)),
        R_390_PC64 => method(Relative, Field::DOUBLEWORD),
        R_390_PC12DBL => method(Relative, Field::halfwords(12)),
        R_390_PC16DBL => method(Relative, Field::halfwords(16)),
        R_390_PC24DBL => method(Relative, Field::halfwords(24)),
        R_390_PC32DBL => method(Relative, Field::halfwords(32)),
        R_390_GOT12 | R_390_GOTPLT12 => method(GotOffset, Field::unsigned(12)),
        R_390_GOT16 | R_390_GOTPLT16 => method(GotOffset, Field::unsigned(16)),
        R_390_GOT20 | R_390_GOTPLT20 => method(GotOffset, Field::LONG_DISPLACEMENT),
        R_390_GOT32 | R_390_GOTPLT32 => method(GotOffset, Field::unsigned(32)),
        R_390_GOT64 | R_390_GOTPLT64 => method(GotOffset, Field::DOUBLEWORD),
        R_390_GOTENT | R_390_GOTPLTENT => method(GotEntry, Field::halfwords(32)),
        R_390_PLT32 => method(Plt, Field::signed(32)),
        R_390_PLT64 => method(Plt, Field::DOUBLEWORD),
        R_390_PLT12DBL => method(Plt, Field::halfwords(12)),
        R_390_PLT16DBL => method(Plt, Field::halfwords(16)),
        R_390_PLT24DBL => method(Plt, Field::halfwords(24)),
        R_390_PLT32DBL => method(Plt, Field::halfwords(32)),
        R_390_PLTOFF16 => method(PltOffset, Field::signed(16)),
        R_390_PLTOFF32 => method(PltOffset, Field::signed(32)),
        R_390_PLTOFF64 => method(PltOffset, Field::DOUBLEWORD),
        R_390_GOTOFF16 => method(GotRelative, Field::signed(16)),
        R_390_GOTOFF32 => method(GotRelative, Field::signed(32)),
        R_390_GOTOFF64 => method(GotRelative, Field::DOUBLEWORD),
        R_390_GOTPC => method(GotAddress, Field::DOUBLEWORD),
        R_390_GOTPCDBL => method(GotAddress, Field::halfwords(32)),
        _ => None,
    }
}

/// What the assembler added to the addend of a slot's relocation because the
/// field lies two bytes into the instruction that it counts from.
pub fn instruction_bias(formula: Formula) -> i64 {
    if formula == GotEntry { 2 } else { 0 }
}

/// The ABI's name of a type.
pub fn kind_name(kind: u32) -> &'static str {
    match RelocationType(kind) {
        R_390_PC12DBL => "R_390_PC12DBL",
        R_390_PLT12DBL => "R_390_PLT12DBL",
        R_390_PC24DBL => "R_390_PC24DBL",
        R_390_PLT24DBL => "R_390_PLT24DBL",
        named => NAMES_R_390
            .name(named)
            .unwrap_or("a type that the ABI doesn't name"),
    }
}
