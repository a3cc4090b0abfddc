//! The table of types: the s390x ELF ABI's ("Relocation"), written down a second
//! time. Each row says what the type's formula is to come to, and the bytes that
//! are to be there then, or that it must be refused.

use crate::formula::Formula::{self, *};
use Expect::*;

/// What must come of a row.
pub enum Expect {
    /// These bytes at the place; `a5` around them.
    Bytes(&'static str),
    /// The symbol is far: the stub's address takes the place of its value.
    Stub(&'static str),
    /// Out of range.
    Range,
    /// No whole number of halfwords.
    Odd,
}

/// The addend of types that are solved for the symbol's value.
pub const ADDEND: i128 = 16;

pub struct Type {
    pub name: &'static str,
    pub formula: Formula,
    pub rows: &'static [(i128, Expect)],
}

const fn of(name: &'static str, formula: Formula, rows: &'static [(i128, Expect)]) -> Type {
    Type {
        name,
        formula,
        rows,
    }
}

const MIB16: i128 = 1 << 24;
const GIB2: i128 = 1 << 31;
const GIB4: i128 = 1 << 32;

/// Data of 8, 16 and 32 bits: signed or not, as whoever reads it means it.
const BITS_8: &[(i128, Expect)] = &[
    (0, Bytes("00")),
    (0x5a, Bytes("5a")),
    (255, Bytes("ff")),
    (256, Range),
    (-1, Bytes("ff")),
    (-128, Bytes("80")),
    (-129, Range),
];
const BITS_12: &[(i128, Expect)] = &[
    (0, Bytes("a000")),
    (0x123, Bytes("a123")),
    (4095, Bytes("afff")),
    (4096, Range),
    (-1, Range),
];
const BITS_16: &[(i128, Expect)] = &[
    (0, Bytes("0000")),
    (0x1234, Bytes("1234")),
    (65535, Bytes("ffff")),
    (65536, Range),
    (-1, Bytes("ffff")),
    (-32768, Bytes("8000")),
    (-32769, Range),
];
const SIGNED_16: &[(i128, Expect)] = &[
    (0x1234, Bytes("1234")),
    (32767, Bytes("7fff")),
    (32768, Range),
    (-1, Bytes("ffff")),
    (-32768, Bytes("8000")),
    (-32769, Range),
];
/// The long displacement: low 12 bits first, then the high 8, with the sign.
const BITS_20: &[(i128, Expect)] = &[
    (0, Bytes("a00000")),
    (0x12345, Bytes("a34512")),
    (0x7ffff, Bytes("afff7f")),
    (0x80000, Range),
    (-1, Bytes("afffff")),
    (-0x1000, Bytes("a000ff")),
    (-0x80000, Bytes("a00080")),
    (-0x80001, Range),
];
const BITS_32: &[(i128, Expect)] = &[
    (0, Bytes("00000000")),
    (0x1234_5678, Bytes("12345678")),
    (GIB2 - 1, Bytes("7fffffff")),
    (GIB2, Bytes("80000000")),
    (GIB4 - 1, Bytes("ffffffff")),
    (GIB4, Range),
    (-1, Bytes("ffffffff")),
    (-GIB2, Bytes("80000000")),
    (-GIB2 - 1, Range),
];
const SIGNED_32: &[(i128, Expect)] = &[
    (0x1234_5678, Bytes("12345678")),
    (GIB2 - 1, Bytes("7fffffff")),
    (GIB2, Range),
    (-1, Bytes("ffffffff")),
    (-GIB2, Bytes("80000000")),
    (-GIB2 - 1, Range),
];
const BITS_64: &[(i128, Expect)] = &[
    (0, Bytes("0000000000000000")),
    (0x0123_4567_89ab_cdef, Bytes("0123456789abcdef")),
    (-1, Bytes("ffffffffffffffff")),
    (i64::MAX as i128, Bytes("7fffffffffffffff")),
    (i64::MIN as i128, Bytes("8000000000000000")),
];
const HALFWORDS_12: &[(i128, Expect)] = &[
    (0x246, Bytes("a123")),
    (4094, Bytes("a7ff")),
    (4096, Range),
    (-2, Bytes("afff")),
    (-4096, Bytes("a800")),
    (-4098, Range),
    (3, Odd),
    (-1, Odd),
];
const HALFWORDS_16: &[(i128, Expect)] = &[
    (0x2468, Bytes("1234")),
    (65534, Bytes("7fff")),
    (65536, Range),
    (-2, Bytes("ffff")),
    (-65536, Bytes("8000")),
    (-65538, Range),
    (3, Odd),
    (-65537, Odd),
];
const HALFWORDS_24: &[(i128, Expect)] = &[
    (0x02_468a, Bytes("012345")),
    (MIB16 - 2, Bytes("7fffff")),
    (MIB16, Range),
    (-2, Bytes("ffffff")),
    (-MIB16, Bytes("800000")),
    (-MIB16 - 2, Range),
    (3, Odd),
];
const HALFWORDS_32: &[(i128, Expect)] = &[
    (0x2468_acf0, Bytes("12345678")),
    (GIB4 - 2, Bytes("7fffffff")),
    (GIB4, Range),
    (-2, Bytes("ffffffff")),
    (-GIB4, Bytes("80000000")),
    (-GIB4 - 2, Range),
    (3, Odd),
    (GIB4 + 1, Odd),
    (1 << 41, Range),
];
// The stub is 12 bytes after the place, and the addend 16: 28 bytes, 14 halfwords;
// from the GOT, 4096 - 16 bytes before it, -4064 bytes.
const CALL_12: &[(i128, Expect)] = &[
    (0x246, Bytes("a123")),
    (4094, Bytes("a7ff")),
    (4096, Stub("a00e")),
    (-4096, Bytes("a800")),
    (-4098, Stub("a00e")),
    (3, Odd),
    (4097, Odd),
];
const CALL_16: &[(i128, Expect)] = &[
    (0x2468, Bytes("1234")),
    (65534, Bytes("7fff")),
    (65536, Stub("000e")),
    (-65536, Bytes("8000")),
    (-65538, Stub("000e")),
    (3, Odd),
];
const CALL_24: &[(i128, Expect)] = &[
    (0x02_468a, Bytes("012345")),
    (MIB16 - 2, Bytes("7fffff")),
    (MIB16, Stub("00000e")),
    (-MIB16, Bytes("800000")),
    (-MIB16 - 2, Stub("00000e")),
    (3, Odd),
];
const CALL_32: &[(i128, Expect)] = &[
    (0x2468_acf0, Bytes("12345678")),
    (GIB4 - 2, Bytes("7fffffff")),
    (GIB4, Stub("0000000e")),
    (-GIB4, Bytes("80000000")),
    (-GIB4 - 2, Stub("0000000e")),
    (-(1 << 41), Stub("0000000e")),
    (3, Odd),
];
const CALL_SIGNED_32: &[(i128, Expect)] = &[
    (0x1234_5678, Bytes("12345678")),
    (GIB2 - 1, Bytes("7fffffff")),
    (GIB2, Stub("0000001c")),
    (-GIB2, Bytes("80000000")),
    (-GIB2 - 1, Stub("0000001c")),
];
const CALL_FROM_GOT_16: &[(i128, Expect)] = &[
    (0x1234, Bytes("1234")),
    (32768, Bytes("8000")),
    (65535, Bytes("ffff")),
    (65536, Stub("f020")),
    (-32768, Bytes("8000")),
    (-32769, Stub("f020")),
];
const CALL_FROM_GOT_32: &[(i128, Expect)] = &[
    (0x1234_5678, Bytes("12345678")),
    (GIB2, Bytes("80000000")),
    (GIB4 - 1, Bytes("ffffffff")),
    (GIB4, Stub("fffff020")),
    (-GIB2, Bytes("80000000")),
    (-GIB2 - 1, Stub("fffff020")),
];

pub const TYPES: [Type; 40] = [
    of("R_390_NONE", Value, &[(0, Bytes("")), (-1, Bytes(""))]),
    of("R_390_8", Value, BITS_8),
    of("R_390_12", Value, BITS_12),
    of("R_390_16", Value, BITS_16),
    of("R_390_20", Value, BITS_20),
    of("R_390_32", Value, BITS_32),
    of("R_390_64", Value, BITS_64),
    of("R_390_PC12DBL", Distance, HALFWORDS_12),
    of("R_390_PC16", Distance, SIGNED_16),
    of("R_390_PC16DBL", Distance, HALFWORDS_16),
    of("R_390_PC24DBL", Distance, HALFWORDS_24),
    of("R_390_PC32", Distance, SIGNED_32),
    of("R_390_PC32DBL", Distance, HALFWORDS_32),
    of("R_390_PC64", Distance, BITS_64),
    of("R_390_GOT12", Slot, BITS_12),
    of("R_390_GOT16", Slot, BITS_16),
    of("R_390_GOT20", Slot, BITS_20),
    of("R_390_GOT32", Slot, BITS_32),
    of("R_390_GOT64", Slot, BITS_64),
    of("R_390_GOTENT", SlotDistance, HALFWORDS_32),
    of("R_390_GOTPLT12", Slot, BITS_12),
    of("R_390_GOTPLT16", Slot, BITS_16),
    of("R_390_GOTPLT20", Slot, BITS_20),
    of("R_390_GOTPLT32", Slot, BITS_32),
    of("R_390_GOTPLT64", Slot, BITS_64),
    of("R_390_GOTPLTENT", SlotDistance, HALFWORDS_32),
    of("R_390_PLT12DBL", Call, CALL_12),
    of("R_390_PLT16DBL", Call, CALL_16),
    of("R_390_PLT24DBL", Call, CALL_24),
    of("R_390_PLT32", Call, CALL_SIGNED_32),
    of("R_390_PLT32DBL", Call, CALL_32),
    of("R_390_PLT64", Call, BITS_64),
    of("R_390_PLTOFF16", CallFromGot, CALL_FROM_GOT_16),
    of("R_390_PLTOFF32", CallFromGot, CALL_FROM_GOT_32),
    of("R_390_PLTOFF64", CallFromGot, BITS_64),
    of("R_390_GOTOFF16", FromGot, BITS_16),
    of("R_390_GOTOFF32", FromGot, BITS_32),
    of("R_390_GOTOFF64", FromGot, BITS_64),
    of("R_390_GOTPC", GotDistance, BITS_64),
    of("R_390_GOTPCDBL", GotDistance, HALFWORDS_32),
];
