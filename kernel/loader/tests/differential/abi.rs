//! The ABI's relocation types, written down once more: formula, field, and which values
//! each linker takes. Nothing here comes from the loader.

pub use crate::formula::Formula;

impl Formula {
    pub fn has_slot(self) -> bool {
        matches!(self, Self::Slot | Self::SlotDistance)
    }

    pub fn is_call(self) -> bool {
        matches!(self, Self::Call | Self::CallFromGot)
    }
}

/// Which values a field takes, for its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// None: the type changes nothing.
    Nothing,
    /// Data and immediates, read as signed or not.
    Number(u32),
    /// A short displacement.
    Displacement,
    /// A short displacement that GNU ld checks.
    SlotOffset,
    /// A long displacement, its parts exchanged.
    LongDisplacement,
    /// A distance in bytes.
    Bytes(u32),
    /// A distance in halfwords.
    Halfwords(u32),
    /// 64 bits.
    Doubleword,
}

/// A relocation type.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    pub number: u32,
    pub formula: Formula,
    pub field: Field,
}

use Field::*;
use Formula::*;

#[rustfmt::skip]
pub const TYPES: [Type; 40] = [
    of(0, Value, Nothing),
    of(1, Value, Number(8)),
    of(2, Value, Displacement),
    of(3, Value, Number(16)),
    of(4, Value, Number(32)),
    of(5, Distance, Bytes(32)),
    of(6, Slot, SlotOffset),
    of(7, Slot, Number(32)),
    of(8, Call, Bytes(32)),
    of(13, FromGot, Number(32)),
    of(14, GotDistance, Doubleword),
    of(15, Slot, Number(16)),
    of(16, Distance, Bytes(16)),
    of(17, Distance, Halfwords(16)),
    of(18, Call, Halfwords(16)),
    of(19, Distance, Halfwords(32)),
    of(20, Call, Halfwords(32)),
    of(21, GotDistance, Halfwords(32)),
    of(22, Value, Doubleword),
    of(23, Distance, Doubleword),
    of(24, Slot, Doubleword),
    of(25, Call, Doubleword),
    of(26, SlotDistance, Halfwords(32)),
    of(27, FromGot, Number(16)),
    of(28, FromGot, Doubleword),
    of(29, Slot, Displacement),
    of(30, Slot, Number(16)),
    of(31, Slot, Number(32)),
    of(32, Slot, Doubleword),
    of(33, SlotDistance, Halfwords(32)),
    of(34, CallFromGot, Number(16)),
    of(35, CallFromGot, Number(32)),
    of(36, CallFromGot, Doubleword),
    of(57, Value, LongDisplacement),
    of(58, Slot, LongDisplacement),
    of(59, Slot, LongDisplacement),
    of(62, Distance, Halfwords(12)),
    of(63, Call, Halfwords(12)),
    of(64, Distance, Halfwords(24)),
    of(65, Call, Halfwords(24)),
];

const fn of(number: u32, formula: Formula, field: Field) -> Type {
    Type {
        number,
        formula,
        field,
    }
}

impl Type {
    /// Whether the slot is one that a PLT uses; LLD has others for these.
    pub fn is_plt_slot(self) -> bool {
        matches!(self.number, 29..=33 | 59)
    }
}

/// Who links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Linker {
    Loader,
    Gnu,
    Lld,
}

impl Field {
    /// Bytes from the place on that a linker may look at.
    pub fn room(self) -> usize {
        match self {
            // No two relocations are at one place.
            Nothing => 1,
            Number(bits) | Bytes(bits) => bits as usize / 8,
            Displacement | SlotOffset | Halfwords(12) | Halfwords(16) => 2,
            LongDisplacement | Halfwords(_) => 4,
            Doubleword => 8,
        }
    }

    /// Values around which there is something to get wrong.
    pub fn limits(self) -> Vec<i64> {
        let (bits, scale) = match self {
            Nothing => return vec![0],
            Number(bits) | Bytes(bits) => (bits, 1),
            Displacement | SlotOffset => (12, 1),
            LongDisplacement => (20, 1),
            Halfwords(bits) => (bits, 2),
            Doubleword => (60, 2),
        };
        let half = (1i64 << (bits - 1)) * scale;
        vec![0, half, -half, half * 2, half * -2]
    }

    /// Bytes between the place and the one that a linker counts from. GNU ld's fields are
    /// of two, four or eight bytes: one of three begins a byte earlier, there and in its
    /// messages, and so odd distances are rounded up.
    pub fn earlier(self, linker: Linker) -> u64 {
        u64::from(linker == Linker::Gnu && self == Halfwords(24))
    }

    /// Whether a linker writes this value; one that doesn't says so.
    pub fn takes(self, linker: Linker, value: i64) -> bool {
        let signed = |bits: u32, scale: i64| {
            let half = (1i64 << (bits - 1)) * scale;
            -half <= value && value < half
        };
        match (self, linker) {
            (Nothing | Doubleword, _) => true,
            (Number(bits), Linker::Gnu) => signed(bits + 1, 1),
            (Number(bits), _) => signed(bits + 1, 1) && value >= -(1 << (bits - 1)),
            (SlotOffset, Linker::Gnu) => signed(13, 1),
            (Displacement | LongDisplacement, Linker::Gnu) => true,
            (Displacement | SlotOffset, _) => (0..4096).contains(&value),
            (LongDisplacement, _) => signed(20, 1),
            (Bytes(bits), Linker::Gnu) => signed(bits + 1, 1),
            (Halfwords(bits), Linker::Gnu) => signed(bits + 1, 2),
            (Bytes(bits), _) => signed(bits, 1),
            (Halfwords(bits), _) => signed(bits, 2) && value % 2 == 0,
        }
    }

    /// Puts a value into the bytes at its place, its high bits cut off.
    pub fn put(self, place: &mut [u8], value: i64) {
        let value = match self {
            Halfwords(_) => value >> 1,
            _ => value,
        };
        let (bits, value) = match self {
            Nothing => return,
            Number(bits) | Bytes(bits) | Halfwords(bits) => (bits, value),
            Displacement | SlotOffset => (12, value),
            // Low twelve bits, then the high eight: as one number of 20.
            LongDisplacement => (20, (value & 0xfff) << 8 | value >> 12 & 0xff),
            Doubleword => (64, value),
        };
        let bytes = bits.div_ceil(8) as usize;
        let old = place[..bytes].iter();
        let old = old.fold(0u64, |number, &byte| number << 8 | u64::from(byte));
        let mask = u64::MAX >> (64 - bits);
        let new = old & !mask | value as u64 & mask;
        place[..bytes].copy_from_slice(&new.to_be_bytes()[8 - bytes..]);
    }
}
