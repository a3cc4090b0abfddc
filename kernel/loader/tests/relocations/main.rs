//! Every relocation type: its formula, its field, its limits.
//!
//! `table.rs` has what the ABI says; the objects come from GNU as.
//!
//! ```text
//!  base + 0     a5 a5 a5 a5
//!  base + 4     the place, 8 bytes of a5 before it is written
//!  base + 12    a5 a5 a5 a5
//!  base + 16    the stub, if there is one
//!  base + 4096  the GOT: nothing else is in the second page
//! ```

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/formula.rs"]
mod formula;
mod table;

use assembler::{Assembler, tests};
use common::{BASE, Loaded, load};
use formula::Formula::*;
use loader::LoadError;
use table::Expect::*;
use table::{ADDEND, TYPES, Type};

const PLACE: u64 = BASE + 4;
const STUB: u64 = BASE + 16;
const GOT: u64 = BASE + 4096;

/// Sixteen bytes of a5, and one relocation at the fifth.
fn module(assembler: &Assembler, kind: &str, symbol: &str, addend: i64) -> Vec<u8> {
    let bytes = ".byte 0xa5\n".repeat(16);
    assembler.assemble(&format!(
        ".text\n{bytes}.reloc 4, {kind}, {symbol}+({addend})\n"
    ))
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    let digit = |byte: u8| (byte as char).to_digit(16).unwrap() as u8;
    digits
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

/// The image's first 16 bytes, as they must be.
fn around(hex: &str) -> Vec<u8> {
    let mut whole = vec![0xa5; 16];
    let field = bytes(hex);
    whole[4..][..field.len()].copy_from_slice(&field);
    whole
}

fn each_type_at_its_limits(assembler: &Assembler) {
    for Type {
        name,
        formula,
        rows,
    } in &TYPES
    {
        for (number, expect) in *rows {
            // The formula, solved.
            let (value, addend) = match formula {
                Value => (number - ADDEND, ADDEND),
                Distance | Call => (number - ADDEND + i128::from(PLACE), ADDEND),
                FromGot | CallFromGot => (number - ADDEND + i128::from(GOT), ADDEND),
                // The module's one slot is the first, G = 0.
                Slot => (0x1234_5678_9abc, *number),
                SlotDistance => (0x1234_5678_9abc, number - i128::from(GOT - PLACE)),
                GotDistance => (0, number - i128::from(GOT - PLACE)),
            };
            let data = module(assembler, name, "x", addend as i64);
            let result = load(&data, BASE, |_| Some(value as u64));
            let what = format!("{name}: {number:#x}");
            match expect {
                Bytes(hex) => {
                    let loaded = result.expect(&what);
                    assert_eq!(loaded.image[..16], around(hex), "{what}");
                    if matches!(formula, Slot | SlotDistance) {
                        assert_eq!(loaded.doubleword(GOT), value as u64, "{what}");
                        assert_eq!(loaded.layout().got(), (4096, 8));
                    }
                }
                Stub(hex) => {
                    let loaded = result.expect(&what);
                    assert_eq!(loaded.image[..16], around(hex), "{what}");
                    is_stub(&loaded, STUB, GOT, value as u64);
                }
                Range => {
                    let Err(LoadError::Overflow(facts)) = result else {
                        panic!("{what}: {result:?}");
                    };
                    let from = match formula {
                        Value => 0,
                        Distance | SlotDistance | GotDistance | Call => PLACE,
                        FromGot | Slot | CallFromGot => GOT,
                    };
                    assert_eq!((facts.result, facts.from), (*number as i64, from), "{what}");
                }
                Odd => assert!(
                    matches!(result, Err(LoadError::Odd(_))),
                    "{what}: {result:?}"
                ),
            }
        }
    }
}

/// `lgrl %r1,slot; br %r1`, and where that leads.
fn is_stub(loaded: &Loaded<'_>, stub: u64, slot: u64, value: u64) {
    let halfwords = ((slot - stub) / 2) as u32;
    let code = [&[0xc4, 0x18][..], &halfwords.to_be_bytes(), &[0x07, 0xf1]].concat();
    assert_eq!(loaded.image[(stub - BASE) as usize..][..8], code);
    assert_eq!(loaded.doubleword(slot), value);
}

fn a_stub_that_is_out_of_reach_itself_is_refused(assembler: &Assembler) {
    // 2^32 on from the stub.
    let data = module(assembler, "R_390_PLT32DBL", "x", 1 << 33);
    let result = load(&data, BASE, |_| Some(0x10_0000));
    assert!(matches!(result, Err(LoadError::Overflow(_))), "{result:?}");
}

/// Whatever the addend is, a call goes to its symbol if it reaches that, and else to the stub.
fn a_call_goes_by_its_stub_only_where_it_must(assembler: &Assembler) {
    const REACH: i64 = 1 << 32;
    const LEAST: i64 = -REACH;
    const AT_STUB: i64 = (STUB - PLACE) as i64;
    for (value, addend, direct) in [
        (3 * REACH / 2, -REACH, true),
        (3 * REACH, -5 * REACH / 2, true),
        (-3 * REACH, 5 * REACH / 2, true),
        (3 * REACH, 2, false),
        (-3 * REACH, 2, false),
        // The stub is at the limit of the reach, and so is the symbol, on the other side.
        (AT_STUB + 2 * REACH - 2, LEAST - AT_STUB, true),
        (AT_STUB + 2 * REACH, LEAST - AT_STUB, false),
        (AT_STUB + 2 * REACH + 2, LEAST - AT_STUB, false),
        (AT_STUB - 2 * REACH + 2, REACH - 2 - AT_STUB, true),
        (AT_STUB - 2 * REACH, REACH - 2 - AT_STUB, false),
        (AT_STUB - 2 * REACH - 2, REACH - 2 - AT_STUB, false),
    ] {
        let data = module(assembler, "R_390_PLT32DBL", "x", addend);
        let loaded = load(&data, BASE, |_| Some(PLACE.wrapping_add_signed(value))).unwrap();
        let result = if direct { value } else { AT_STUB } + addend;
        let halfwords = format!("{:08x}", (result / 2) as u32);
        let what = format!("{value:#x} {addend:#x}");
        assert_eq!(loaded.image[..16], around(&halfwords), "{what}");
    }
}

/// What only a dynamic linker does, thread-local storage, and what C++ has.
const REFUSED: [(u8, &str); 28] = [
    (9, "R_390_COPY"),
    (10, "R_390_GLOB_DAT"),
    (11, "R_390_JMP_SLOT"),
    (12, "R_390_RELATIVE"),
    (37, "R_390_TLS_LOAD"),
    (38, "R_390_TLS_GDCALL"),
    (39, "R_390_TLS_LDCALL"),
    (40, "R_390_TLS_GD32"),
    (41, "R_390_TLS_GD64"),
    (42, "R_390_TLS_GOTIE12"),
    (43, "R_390_TLS_GOTIE32"),
    (44, "R_390_TLS_GOTIE64"),
    (45, "R_390_TLS_LDM32"),
    (46, "R_390_TLS_LDM64"),
    (47, "R_390_TLS_IE32"),
    (48, "R_390_TLS_IE64"),
    (49, "R_390_TLS_IEENT"),
    (50, "R_390_TLS_LE32"),
    (51, "R_390_TLS_LE64"),
    (52, "R_390_TLS_LDO32"),
    (53, "R_390_TLS_LDO64"),
    (54, "R_390_TLS_DTPMOD"),
    (55, "R_390_TLS_DTPOFF"),
    (56, "R_390_TLS_TPOFF"),
    (60, "R_390_TLS_GOTIE20"),
    (61, "R_390_IRELATIVE"),
    (66, "a type that the ABI doesn't name"),
    (255, "a type that the ABI doesn't name"),
];

fn thread_local_and_dynamic_types_are_refused_by_name(assembler: &Assembler) {
    let data = module(assembler, "R_390_64", "x", 0x0123_4567_89ab_cdef);
    // The entry is found by its addend; its type is the word before.
    let addend = bytes("0123456789abcdef");
    let at = data.windows(8).position(|window| window == addend).unwrap();
    assert_eq!(data[at - 4..at], [0, 0, 0, 22]);
    for (kind, name) in REFUSED {
        let mut data = data.clone();
        data[at - 1] = kind;
        let Err(error) = load(&data, BASE, |_| Some(0)) else {
            panic!("{kind} is refused");
        };
        assert!(matches!(error, LoadError::RelocationType { .. }), "{kind}");
        let text = error.to_string();
        let words = format!(".text+0x4: {name} has no place in a module");
        assert!(text.starts_with(&words), "{text}");
        assert_eq!(text.contains("per-CPU"), name.contains("TLS"), "{text}");
    }
    // Every other number is a type of the table, and of no other.
    let refused = |kind: &u8| REFUSED.iter().any(|(other, _)| other == kind);
    let others = (0..=255u8).filter(|kind| !refused(kind) && *kind < 66);
    assert_eq!(others.count(), TYPES.len());
}

fn instructions_as_the_assembler_writes_them(assembler: &Assembler) {
    // x is 0xf00 bytes from the base, y 4 GiB - 0x2000.
    let data = assembler.assemble(
        ".text
         bprp 5,x,x
         larl %r1,x
         larl %r1,y
         j x
         brasl %r14,x@PLT
         brasl %r14,far@PLT
         lgrl %r1,far@GOTENT
         lgrl %r2,far@GOTENT
         larl %r12,_GLOBAL_OFFSET_TABLE_
         lg %r1,x@GOT(%r12)
         l %r1,x@GOT(%r12)
         lay %r1,negative
         la %r1,small
         .quad x@PLTOFF, x@GOTOFF, x-., _GLOBAL_OFFSET_TABLE_-.
        ",
    );
    let loaded = load(&data, BASE, |name| {
        Some(match name {
            "x" => BASE + 0xf00,
            "y" => BASE + 0xffff_e000,
            "far" => 0x10_0000,
            "negative" => -0x1234i64 as u64,
            "small" => 0xabc,
            name => panic!("{name}"),
        })
    })
    .unwrap();
    // 0x68 bytes of text, then the stubs.
    let (plt, got) = (loaded.layout().plt().0, loaded.layout().got().0);
    assert_eq!((plt, got), (0x68, 0x1000));
    let slots = loaded.slots();
    let slot = |name: &str| slots.iter().position(|slot| slot.name == name).unwrap() as u64 * 8;
    let far = got + slot("far");
    let near = slot("x");
    let mut wanted = Vec::new();
    let mut put = |hex: String| wanted.extend(bytes(&hex));
    put(format!("c55{:03x}{:06x}", 0xf00 / 2, 0xf00 / 2));
    put(format!("c010{:08x}", (0xf00 - 0x6) / 2));
    put(format!("c010{:08x}", (0xffff_e000u32 - 0xc) / 2));
    put(format!("a7f4{:04x}", (0xf00 - 0x12) / 2));
    put(format!("c0e5{:08x}", (0xf00 - 0x16) / 2));
    // The stubs are numbered as they are met; x has one, unused.
    let stub = plt + 8;
    put(format!("c0e5{:08x}", (stub - 0x1c) / 2));
    put(format!("c418{:08x}", (far - 0x22) / 2));
    put(format!("c428{:08x}", (far - 0x28) / 2));
    put(format!("c0c0{:08x}", (got - 0x2e) / 2));
    put(format!("e310c{near:03x}0004"));
    put(format!("5810c{near:03x}"));
    // -0x1234 is 0xfedcc in 20 bits.
    put("e3100dccfe71".to_owned());
    put("41100abc".to_owned());
    put(format!("{:016x}", 0xf00u64.wrapping_sub(got)));
    put(format!("{:016x}", 0xf00u64.wrapping_sub(got)));
    put(format!("{:016x}", 0xf00 - 0x58));
    put(format!("{:016x}", got - 0x60));
    assert_eq!(loaded.image[..wanted.len()], wanted);
    is_stub(&loaded, BASE + stub, BASE + far, 0x10_0000);
    assert_eq!(slots.len(), 2);
}

tests! {
    assembled: [
        each_type_at_its_limits,
        a_stub_that_is_out_of_reach_itself_is_refused,
        a_call_goes_by_its_stub_only_where_it_must,
        thread_local_and_dynamic_types_are_refused_by_name,
        instructions_as_the_assembler_writes_them,
    ],
}
