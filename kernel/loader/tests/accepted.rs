//! What linkers differ in: the loader takes what one of them takes, where it means
//! something, and refuses the rest by name.

mod common;

use assembler::{Assembler, tests};
use common::builder::{Builder, DATA};
use common::{BASE, load};
use loader::{Compiler, LoadError, Object, Via};

/// `lghi` and `lgfi` read their immediates as signed, `llill` and `llilf` not, and the
/// assembler writes one type for both.
fn immediates_are_signed_or_not(assembler: &Assembler) {
    for (code, value, hex) in [
        ("lghi %r1, x", -16, "a719fff0"),
        ("lghi %r1, x", 0x7fff, "a7197fff"),
        ("llill %r1, x", 0xfff0, "a51ffff0"),
        (
            ".short 0xc011, 0, 0\n.reloc 2, R_390_32, x",
            -16,
            "c011fffffff0",
        ),
        (
            ".short 0xc01f, 0, 0\n.reloc 2, R_390_32, x",
            0xffff_fff0i64,
            "c01ffffffff0",
        ),
        ("lghi %r1, x-16", 0, "a719fff0"),
    ] {
        let data = assembler.assemble(code);
        let loaded = load(&data, BASE, |_| Some(value as u64)).unwrap();
        let bytes: String = loaded.image[..hex.len() / 2]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(bytes, hex, "{code}");
    }
}

/// Whatever is far is reached by a stub, also what is nobody's symbol but a number.
fn a_call_of_an_absolute_address(assembler: &Assembler) {
    let data = assembler.assemble("brasl %r14, x@PLT\n.globl x\n.set x, 0x100000\n");
    let via = |base| {
        let loaded = load(&data, base, |_| None).unwrap();
        let mut relocations = loaded.bindings.relocations(&loaded.plan);
        let via = relocations.next().unwrap().2.via;
        let stub = base + loaded.layout().plt().0;
        let got = loaded.layout().got().0 as usize;
        assert_eq!(loaded.image[got..][..8], 0x10_0000u64.to_be_bytes());
        (via, stub)
    };
    let (far, stub) = via(BASE);
    assert_eq!(far, Via::Stub(stub));
    assert_eq!(via(1 << 30).0, Via::Direct);
}

/// A symbol may lie before or behind its section.
fn symbols_outside_of_their_sections(assembler: &Assembler) {
    let data = assembler.assemble(
        ".data
x:       .quad 1
         .globl before, behind
         .set before, x - 24
         .set behind, x + 4096
         .quad before, behind, before + 24
        ",
    );
    let loaded = load(&data, BASE, |_| None).unwrap();
    let data = loaded.linked.address("x").unwrap();
    assert_eq!(loaded.doubleword(data + 8), data - 24);
    assert_eq!(loaded.doubleword(data + 16), data + 4096);
    assert_eq!(loaded.doubleword(data + 24), data);
    // A call reaches it by a stub.
    let far = assembler.assemble("x: brasl %r14, far@PLT\n.globl far\n.set far, x + (1 << 40)\n");
    let loaded = load(&far, BASE, |_| None).unwrap();
    let mut relocations = loaded.bindings.relocations(&loaded.plan);
    let stub = BASE + loaded.layout().plt().0;
    assert_eq!(relocations.next().unwrap().2.via, Via::Stub(stub));
    // But what is exported is the module's own.
    let data = assembler.assemble(
        ".data
x:       .quad 1
         .globl behind
         .set behind, x + 4096
         .section __ksymtab, \"a\"
__ksymtab_behind: .quad behind
        ",
    );
    let error = load(&data, BASE, |_| None).unwrap_err();
    let text = error.to_string();
    assert_eq!(
        text,
        "behind is exported, and is behind the end of section .data"
    );
}

/// Each says what the symbol is, and what to do.
fn what_a_module_cannot_have_is_named(assembler: &Assembler) {
    let refused = |source: &str| {
        let data = assembler.assemble(source);
        load(&data, BASE, |_| Some(0)).unwrap_err().to_string()
    };
    for (source, words) in [
        (
            ".type resolved, @gnu_indirect_function\n.globl resolved\nresolved: br %r14",
            &["resolved is an indirect function (STT_GNU_IFUNC)", "ifunc"][..],
        ),
        (
            ".section .tdata, \"awT\"\n.type mine, @tls_object\nmine: .quad 0",
            &["mine is thread-local", "per-CPU variable"],
        ),
        (
            ".section .tdata, \"awT\"\n.quad 0",
            &[".tdata is thread-local"],
        ),
        (
            ".data\n.quad mine@INDNTPOFF",
            &["mine is thread-local", "per-CPU variable"],
        ),
        (
            ".comm __gnu_lto_slim, 1, 1",
            &[
                "GCC's intermediate code",
                "without -flto",
                "-ffat-lto-objects",
            ],
        ),
        (
            "larl %r1, maybe\n.weak maybe",
            &[
                "against maybe (0x0, weak and defined nowhere): ",
                "through the GOT",
            ],
        ),
    ] {
        let text = refused(source);
        for word in words {
            assert!(text.contains(word), "{word}: {text}");
        }
    }
}

fn bitcode_is_named() {
    for start in [&b"BC\xc0\xde"[..], b"\x0b\x17\xc0\xde\0\0\0\0"] {
        let error = Object::parse(start).unwrap_err();
        assert_eq!(error, LoadError::LinkTimeCode(Compiler::Llvm));
        assert_eq!(
            error.to_string(),
            "LLVM bitcode, not machine code: build without -flto"
        );
    }
    assert_eq!(Object::parse(b"BC--").unwrap_err(), LoadError::NotElf);
}

/// Names are the file's, and a line of the log is ours.
fn names_make_no_lines() {
    let mut builder = Builder::new();
    let data = builder.section(".data\u{1b}[2J", DATA, 8, vec![0; 8]);
    let import = builder.symbol("run:\n1 passed", 0x10, 0, 0, 0);
    builder.relocations(data, [(8, 22, import, 0)]);
    let file = builder.finish();
    let text = load(&file, BASE, |_| Some(0)).unwrap_err().to_string();
    assert!(text.starts_with(".data\\u{1b}[2J+0x8: "), "{text}");
    let mut builder = Builder::new();
    builder.symbol("run:\n1 passed", 0x10, 0, 0, 0);
    let file = builder.finish();
    let text = load(&file, BASE, |_| None).unwrap_err().to_string();
    assert_eq!(text, "unknown symbol run:\\n1 passed: nobody exports it");
}

tests! {
    host: [
        bitcode_is_named,
        names_make_no_lines,
    ],
    assembled: [
        immediates_are_signed_or_not,
        a_call_of_an_absolute_address,
        symbols_outside_of_their_sections,
        what_a_module_cannot_have_is_named,
    ],
}
