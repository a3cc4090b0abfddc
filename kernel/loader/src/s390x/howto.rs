//! The relocation types that a module can have: for each a howto, which says what it
//! computes and into which field that goes.
//!
//! Every calculation of the ABI ("Relocation") is a target, plus the addend A, minus what
//! the value counts from:
//!
//! ```text
//!  target       S    the symbol's value
//!               GOT + G    address of its GOT slot
//!               L    address of its PLT stub, or S where the symbol is near
//!               GOT  address of the table
//!  relative to  nothing │ P, the place's address │ GOT
//! ```
//!
//! So `G + A`, an offset in the table, is the slot relative to the table.
//!
//! Of what a field takes the ABI says little, and linkers differ. Here it takes what any of
//! them takes and whoever reads it can mean, for a width of n bits:
//!
//! ```text
//!  types                      GNU ld 2.40      LLD 22             Linux    here
//!  8 16 32, GOT16/32,         -2^n .. 2^n-1    -2^(n-1) .. 2^n-1  0 ..     -2^(n-1)
//!  GOTPLT16/32, GOTOFF16/32,                                      2^n-1    .. 2^n-1
//!  PLTOFF16/32
//!  GOT12                      -2^n .. 2^n-1    0 .. 2^n-1         as LLD   as LLD
//!  12, GOTPLT12               whatever         0 .. 2^n-1         as LLD   as LLD
//!  20, GOT20, GOTPLT20        whatever         -2^(n-1)           as LLD   as LLD
//!                                              .. 2^(n-1)-1
//!  PC16, PC32, PLT32          -2^n .. 2^n-1    signed             signed   signed
//!  PC12DBL, .. , GOTENT       the same twice,  twice signed,      as LLD   as LLD
//!                             odd ones too     even
//! ```
//!
//! An instruction's displacement is read in one way, and a distance; data and immediates
//! in two.
//!
//! A place-relative field of an instruction counts from the instruction, and the ABI from
//! the place, a few bytes on; the assembler adds these to the addend ([`Howto::bias`]).
//! Data has no such bias.

use super::field::Field;
use RelativeTo::{Got, Nothing, Place};
use object::elf::*;

// The ABI's youngest types, which the `object` crate doesn't name.
const R_390_PC12DBL: RelocationType = RelocationType(62);
const R_390_PLT12DBL: RelocationType = RelocationType(63);
const R_390_PC24DBL: RelocationType = RelocationType(64);
const R_390_PLT24DBL: RelocationType = RelocationType(65);

/// What a relocation refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Nothing: the type changes nothing.
    None,
    /// The symbol's value.
    Symbol,
    /// The symbol's GOT slot.
    Slot,
    /// The symbol, or its PLT stub where the field doesn't reach the symbol.
    Plt,
    /// The GOT; the symbol has no part in it.
    Got,
}

/// What a relocation's value counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelativeTo {
    /// Address 0: the value is an address, or what a symbol says.
    Nothing,
    /// The relocation's place: the value is a distance.
    Place,
    /// The GOT: the value is an offset in it, or a distance from it.
    Got,
}

/// How a relocation type is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Howto {
    /// Number of the type, `R_390_...`.
    pub r_type: u32,
    /// The ABI's name of it.
    pub name: &'static str,
    /// What it refers to.
    pub target: Target,
    /// What its value counts from.
    pub relative_to: RelativeTo,
    /// Where the value goes.
    pub field: Field,
    /// Bytes from the instruction's start to the place, which the assembler adds to the
    /// addend; 0 for data and for what isn't place-relative.
    pub bias: i64,
}

impl Target {
    /// What relocations of a type refer to; `None` for a type that has no howto.
    pub(crate) const fn of(r_type: u32) -> Option<Target> {
        match Howto::of(r_type) {
            Some(howto) => Some(howto.target),
            None => None,
        }
    }
}

impl Howto {
    /// The howto of a type that has one.
    pub(crate) const fn known(r_type: RelocationType) -> Howto {
        match Howto::of(r_type.0) {
            Some(howto) => *howto,
            None => panic!("a type without a howto"),
        }
    }

    /// The howto of a type; `None` for a type that a module can't have: thread-local
    /// storage, what only a dynamic linker does, and numbers without a meaning.
    pub const fn of(r_type: u32) -> Option<&'static Howto> {
        match r_type < TYPES {
            true => HOWTOS[r_type as usize].as_ref(),
            false => None,
        }
    }
}

/// The ABI's name of any type, also of those that have no howto.
pub fn type_name(r_type: u32) -> &'static str {
    match Howto::of(r_type) {
        Some(howto) => howto.name,
        None => NAMES_R_390
            .name(RelocationType(r_type))
            .unwrap_or("a type that the ABI doesn't name"),
    }
}

/// Types in the table: up to the ABI's last.
pub(crate) const TYPES: u32 = R_390_PLT24DBL.0 + 1;

/// The howto of each type, by its number.
static HOWTOS: [Option<Howto>; TYPES as usize] = {
    let mut table = [None; TYPES as usize];
    let mut row = 0;
    while row < ROWS.len() {
        let howto = ROWS[row];
        assert!(table[howto.r_type as usize].is_none(), "one howto a type");
        table[howto.r_type as usize] = Some(howto);
        row += 1;
    }
    table
};

macro_rules! rows {
    ($($name:ident $target:ident $relative_to:ident $field:expr, $bias:literal;)+) => {
        &[$(Howto {
            r_type: $name.0,
            name: stringify!($name),
            target: Target::$target,
            relative_to: $relative_to,
            field: $field,
            bias: $bias,
        }),+]
    };
}

const ROWS: &[Howto] = rows! {
    R_390_NONE       None   Nothing Field::NONE, 0;
    R_390_8          Symbol Nothing Field::bitfield(8), 0;
    R_390_12         Symbol Nothing Field::unsigned(12), 0;
    R_390_16         Symbol Nothing Field::bitfield(16), 0;
    R_390_20         Symbol Nothing Field::LONG_DISPLACEMENT, 0;
    R_390_32         Symbol Nothing Field::bitfield(32), 0;
    R_390_64         Symbol Nothing Field::DOUBLEWORD, 0;
    R_390_PC16       Symbol Place   Field::signed(16), 0;
    R_390_PC32       Symbol Place   Field::signed(32), 0;
    R_390_PC64       Symbol Place   Field::DOUBLEWORD, 0;
    R_390_PC12DBL    Symbol Place   Field::halfwords(12), 1;
    R_390_PC16DBL    Symbol Place   Field::halfwords(16), 2;
    R_390_PC24DBL    Symbol Place   Field::halfwords(24), 3;
    R_390_PC32DBL    Symbol Place   Field::halfwords(32), 2;
    R_390_GOT12      Slot   Got     Field::unsigned(12), 0;
    R_390_GOT16      Slot   Got     Field::bitfield(16), 0;
    R_390_GOT20      Slot   Got     Field::LONG_DISPLACEMENT, 0;
    R_390_GOT32      Slot   Got     Field::bitfield(32), 0;
    R_390_GOT64      Slot   Got     Field::DOUBLEWORD, 0;
    R_390_GOTENT     Slot   Place   Field::halfwords(32), 2;
    R_390_GOTPLT12   Slot   Got     Field::unsigned(12), 0;
    R_390_GOTPLT16   Slot   Got     Field::bitfield(16), 0;
    R_390_GOTPLT20   Slot   Got     Field::LONG_DISPLACEMENT, 0;
    R_390_GOTPLT32   Slot   Got     Field::bitfield(32), 0;
    R_390_GOTPLT64   Slot   Got     Field::DOUBLEWORD, 0;
    R_390_GOTPLTENT  Slot   Place   Field::halfwords(32), 2;
    R_390_PLT32      Plt    Place   Field::signed(32), 0;
    R_390_PLT64      Plt    Place   Field::DOUBLEWORD, 0;
    R_390_PLT12DBL   Plt    Place   Field::halfwords(12), 1;
    R_390_PLT16DBL   Plt    Place   Field::halfwords(16), 2;
    R_390_PLT24DBL   Plt    Place   Field::halfwords(24), 3;
    R_390_PLT32DBL   Plt    Place   Field::halfwords(32), 2;
    R_390_PLTOFF16   Plt    Got     Field::bitfield(16), 0;
    R_390_PLTOFF32   Plt    Got     Field::bitfield(32), 0;
    R_390_PLTOFF64   Plt    Got     Field::DOUBLEWORD, 0;
    R_390_GOTOFF16   Symbol Got     Field::bitfield(16), 0;
    R_390_GOTOFF32   Symbol Got     Field::bitfield(32), 0;
    R_390_GOTOFF64   Symbol Got     Field::DOUBLEWORD, 0;
    R_390_GOTPC      Got    Place   Field::DOUBLEWORD, 0;
    R_390_GOTPCDBL   Got    Place   Field::halfwords(32), 2;
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_has_the_number_of_its_name() {
        assert_eq!(Howto::of(20).unwrap().name, "R_390_PLT32DBL");
        assert_eq!(Howto::of(26).unwrap().name, "R_390_GOTENT");
        assert_eq!(Howto::of(65).unwrap().name, "R_390_PLT24DBL");
        assert_eq!(Howto::of(66), None);
        assert_eq!(type_name(56), "R_390_TLS_TPOFF");
        assert_eq!(type_name(u32::MAX), "a type that the ABI doesn't name");
    }

    /// Halfwords are counted by instructions alone, so exactly these fields are biased.
    #[test]
    fn fields_of_instructions_are_biased() {
        for howto in ROWS {
            let halfwords = howto.field.check(1).is_err() && howto.field.check(2).is_ok();
            assert_eq!(howto.bias != 0, halfwords, "{}", howto.name);
        }
    }
}
