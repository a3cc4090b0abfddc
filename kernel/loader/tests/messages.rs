//! What the text of an error says: which symbol is meant, by its author's name for it, and
//! how far it is from where.

mod common;

use assembler::{Assembler, tests};
use common::{BASE, load};

/// The error that a source leads to, at a base, with `far` so many bytes from it.
fn error(assembler: &Assembler, base: u64, far: i64, source: &str) -> String {
    let data = assembler.assemble(source);
    let result = load(&data, base, |_| Some(base.wrapping_add_signed(far)));
    result.expect_err(source).to_string()
}

/// Two variables of each kind of section; `b` lies behind `a`.
const VARIABLES: &str = "
    .section .data..percpu,\"aw\"
    .type a, @object
    .size a, 8
a:  .quad 1
    .type b, @object
    .size b, 8
b:  .quad 2
";

/// The assembler writes local symbols as their section and an offset, and only for fields
/// of instructions adds where the field lies in the instruction.
fn the_variable_that_is_meant_is_named(assembler: &Assembler) {
    for (code, meant) in [
        ("larl %r1, a", "R_390_PC32DBL against a (0x80000000)"),
        ("larl %r1, b", "R_390_PC32DBL against b (0x80000008)"),
        ("larl %r1, b+4", "R_390_PC32DBL against b+0x4 (0x80000008)"),
        ("larl %r1, a+6", "R_390_PC32DBL against a+0x6 (0x80000000)"),
        ("j b", "R_390_PC16DBL against b (0x80000008)"),
        ("bprp 5, 0, b", "R_390_PC24DBL against b (0x80000008)"),
        ("bprp 5, b, 0", "R_390_PC12DBL against b (0x80000008)"),
        // Data counts from its own place.
        (".long b - .", "R_390_PC32 against b (0x80000008)"),
        (".long b + 1 - .", "R_390_PC32 against b+0x1 (0x80000008)"),
        (".long a - .", "R_390_PC32 against a (0x80000000)"),
        (".long a + 7 - .", "R_390_PC32 against a+0x7 (0x80000000)"),
        (".short b", "R_390_16 against b (0x80000008)"),
        (".byte a", "R_390_8 against a (0x80000000)"),
        (".short b@GOTOFF", "R_390_GOTOFF16 against b"),
        // What lies before and behind all of them.
        (".long a - 8 - .", "against .data..percpu-0x8 (0x80000000)"),
        (".long b + 8 - .", "against .data..percpu+0x10 (0x80000000)"),
        // Other objects' symbols keep their names.
        ("larl %r1, far", "R_390_PC32DBL against far (0x"),
        ("larl %r1, far+8", "R_390_PC32DBL against far+0x8 (0x"),
        (".long far - 4 - .", "R_390_PC32 against far-0x4 (0x"),
    ] {
        let source = format!(".text\n{code}\n{VARIABLES}");
        let text = error(assembler, BASE, 1 << 40, &source);
        assert!(text.contains(meant), "{code}: {text}");
    }
}

fn names_are_demangled(assembler: &Assembler) {
    let name = "_RNvCs1234_7counter4HITS";
    let text = error(assembler, BASE, 1 << 40, &format!("larl %r1, {name}"));
    assert!(text.contains("against counter::HITS ("), "{text}");
    let legacy = "_ZN7counter4HITS17h0123456789abcdefE";
    let data = assembler.assemble(&format!(".data\n.quad {legacy}"));
    let text = load(&data, BASE, |_| None).unwrap_err().to_string();
    assert_eq!(text, "unknown symbol counter::HITS: nobody exports it");
}

/// `larl` at the base: the place is 2 bytes on, and the distance counts from the start.
fn distances_at_the_border_are_exact(assembler: &Assembler) {
    let gib4 = 1i64 << 32;
    let larl = |far| error(assembler, BASE, far, "larl %r1, far");
    let spans = "the field spans -4 GiB to 4 GiB - 2 bytes";
    for (far, distance) in [
        (gib4, "4 GiB"),
        (gib4 + 2, "4 GiB + 2 bytes"),
        (gib4 + 4096, "4 GiB + 4096 bytes"),
        (-gib4 - 2, "-4 GiB - 2 bytes"),
        (gib4 + (gib4 >> 3), "5 GiB - 536870912 bytes"),
        (gib4 * 2, "8.0 GiB"),
        (-(1 << 41) + (1 << 20), "-2047.9 GiB"),
    ] {
        let text = larl(far);
        let words = format!(
            "{far} is out of reach from {:#x}; the distance is {distance}, {spans}",
            BASE + 2
        );
        assert!(text.ends_with(&words), "{far}: {text}");
    }
    for fits in [gib4 - 2, -gib4] {
        let data = assembler.assemble("larl %r1, far");
        let linked = load(&data, BASE, |_| Some(BASE.wrapping_add_signed(fits)));
        assert!(linked.is_ok(), "{fits}");
    }
    let odd = larl(7);
    assert!(
        odd.ends_with("7 is odd, and the field counts halfwords"),
        "{odd}"
    );
}

/// A value that doesn't fit is no distance, and an offset in the GOT isn't one from here.
fn no_distance_where_none_is_meant(assembler: &Assembler) {
    let at_0 = |source| error(assembler, 0, 4096, source);
    let text = at_0("la %r1, far");
    assert!(
        text.ends_with(": 4096 doesn't fit, the field holds 0 to 4095"),
        "{text}"
    );
    let text = error(assembler, 0, -1, "la %r1, far");
    assert!(
        text.ends_with(": -1 doesn't fit, the field holds 0 to 4095"),
        "{text}"
    );
    let text = error(assembler, BASE, 1 << 40, ".long far@GOTOFF");
    let words = "is out of reach from the GOT at 0x20000001000; the distance is 1023.9 GiB";
    assert!(text.contains(words), "{text}");
}

tests! {
    assembled: [
        the_variable_that_is_meant_is_named,
        names_are_demangled,
        distances_at_the_border_are_exact,
        no_distance_where_none_is_meant,
    ],
}
