//! Symbols: weak, absolute, common, exported, many, and with names that bite.

mod common;

use assembler::{Assembler, tests};
use common::builder::*;
use common::{BASE, load};
use loader::{LONGEST_NAME, LoadError, Object, Via};

const GLOBAL: u8 = 0x10;
const GLOBAL_OBJECT: u8 = 0x11;
const R_390_64: u32 = 22;

fn a_weak_symbol_that_nobody_defines_is_0(assembler: &Assembler) {
    let data = assembler.assemble(
        "lgrl %r1,maybe@GOTENT
         lgrl %r2,other@GOTENT
         brasl %r14,maybe@PLT
         .weak maybe, other
         .data
         .quad maybe, maybe + 8
        ",
    );
    let exported = |name: &str| (name == "other").then_some(0x1234);
    let loaded = load(&data, BASE, exported).unwrap();
    let slots: Vec<_> = loaded.slots().iter().map(|s| (s.name, s.value)).collect();
    assert_eq!(slots, [("maybe", 0), ("other", 0x1234)]);
    let slot = |index: usize| loaded.doubleword(loaded.slots()[index].address);
    assert_eq!((slot(0), slot(1)), (0, 0x1234));
    let results: Vec<_> = loaded
        .bindings
        .relocations(&loaded.plan)
        .map(|(_, _, computed)| (computed.via, computed.result))
        .collect();
    // 0 is out of reach from here: a call goes by a stub, to a fault at 0 that names
    // its caller, unless the code asks first.
    assert!(matches!(results[2].0, Via::Stub(_)));
    assert_eq!(results[3], (Via::Direct, 0));
    assert_eq!(results[4], (Via::Direct, 8));
}

fn a_weak_symbol_out_of_reach(assembler: &Assembler) {
    let data = assembler.assemble("larl %r1,maybe\n.weak maybe\n");
    let error = load(&data, BASE, |_| None).unwrap_err();
    let text = error.to_string();
    assert!(
        matches!(&error, LoadError::Overflow(facts) if facts.value == 0),
        "{text}"
    );
    assert!(
        text.contains("maybe (0x0, weak and defined nowhere)") && text.contains("-2048.0 GiB"),
        "{text}"
    );
    // Near 0 it is what it should be.
    let loaded = load(&data, 1 << 30, |_| None).unwrap();
    let (_, _, computed) = loaded.bindings.relocations(&loaded.plan).next().unwrap();
    // S + A - P
    assert_eq!(computed.result, 2 - ((1 << 30) + 2));
}

fn a_weak_definition_is_used(assembler: &Assembler) {
    let data = assembler.assemble(".weak f\nf: br %r14\n.data\n.quad f\n");
    // Nobody is asked for what the module defines.
    let loaded = load(&data, BASE, |name| panic!("{name}")).unwrap();
    assert_eq!(loaded.linked.address("f"), Some(BASE));
}

fn absolute_and_local_symbols(assembler: &Assembler) {
    let data = assembler.assemble(
        ".set fixed, 0x123456789
         .globl fixed
         br %r14
         inner: br %r14
         .data
         .quad fixed + 1, inner - 2
        ",
    );
    let loaded = load(&data, BASE, |_| None).unwrap();
    let start = BASE
        + loaded
            .layout()
            .regions()
            .iter()
            .find(|r| r.kind.is_writable() && r.size != 0)
            .unwrap()
            .offset;
    assert_eq!(loaded.doubleword(start), 0x1_2345_678a);
    assert_eq!(loaded.doubleword(start + 8), BASE);
    assert_eq!(loaded.linked.address("fixed"), Some(0x1_2345_6789));
}

fn an_unknown_symbol_is_named(assembler: &Assembler) {
    let data = assembler.assemble(".data\n.quad elsewhere\n");
    let error = load(&data, BASE, |_| None).unwrap_err();
    assert_eq!(error, LoadError::Unresolved("elsewhere".into()));
}

fn a_common_symbol_is_refused(assembler: &Assembler) {
    let data = assembler.assemble(".comm shared,8,8\n.data\n.quad shared\n");
    let error = Object::parse(&data).unwrap_err();
    assert_eq!(error, LoadError::Common("shared".into()));
    assert!(error.to_string().contains("-fno-common"));
}

/// A module with these exports, defined or not.
fn exporting(defined: &[&str], exported: &[&str]) -> Vec<u8> {
    let mut builder = Builder::new();
    let data = builder.section(".data", DATA, 8, vec![0; 8 * defined.len()]);
    let table = builder.section("__ksymtab", ALLOC, 8, vec![0; 8 * exported.len()]);
    for (name, index) in exported.iter().zip(0..) {
        builder.symbol(&format!("__ksymtab_{name}"), 0, table as u16, 8 * index, 0);
    }
    for (name, index) in defined.iter().zip(0..) {
        builder.symbol(name, GLOBAL_OBJECT, data as u16, 8 * index, 8);
    }
    builder.finish()
}

fn a_name_exported_twice_is_refused() {
    let data = exporting(&["one", "two"], &["one", "two", "one"]);
    let error = load(&data, BASE, |_| None).unwrap_err();
    assert_eq!(error, LoadError::ExportedTwice("one".into()));
}

fn an_export_without_definition_is_refused() {
    let data = exporting(&["one"], &["one", "two"]);
    let error = load(&data, BASE, |_| None).unwrap_err();
    assert_eq!(error, LoadError::ExportUndefined("two".into()));
}

/// The definition goes before an import of the same name, which nobody answers
/// but another module.
fn a_module_does_not_import_from_itself() {
    let mut builder = Builder::new();
    let data = builder.section(".data", DATA, 8, vec![0; 16]);
    let table = builder.section("__ksymtab", ALLOC, 8, vec![0; 8]);
    builder.symbol("__ksymtab_x", 0, table as u16, 0, 0);
    builder.symbol("x", GLOBAL_OBJECT, data as u16, 0, 8);
    let import = builder.symbol("x", GLOBAL, 0, 0, 0);
    builder.relocations(data, [(8, R_390_64, import, 0)]);
    let data = builder.finish();
    let error = load(&data, BASE, |_| None).unwrap_err();
    assert_eq!(error, LoadError::Unresolved("x".into()));
}

fn exports_are_found_by_their_whole_name() {
    let longest = "n".repeat(LONGEST_NAME - 10);
    let longer = "n".repeat(10_000);
    let names = ["a", "ab", "abc", "b", "__ksymtab_a", &longer, &longest];
    let data = exporting(&names, &["abc", "ab", &longest, &longer, "__ksymtab_a"]);
    let loaded = load(&data, BASE, |_| None).unwrap();
    let exports: Vec<_> = loaded
        .linked
        .exports()
        .iter()
        .map(|e| (e.name, e.value - BASE))
        .collect();
    let start = loaded.linked.address("a").unwrap() - BASE;
    let expected = [
        ("abc", start + 16),
        ("ab", start + 8),
        (&longest, start + 48),
        (&longer, start + 40),
        ("__ksymtab_a", start + 32),
    ];
    assert_eq!(exports, expected);
    assert!(
        loaded
            .linked
            .exports()
            .iter()
            .all(|export| export.size == 8)
    );
    let names: Vec<_> = loaded.object.exports().collect();
    assert_eq!(names, ["abc", "ab", &longest, &longer, "__ksymtab_a"]);
}

/// GNU as lets `x` be the end of `__ksymtab_x`, and `two` of `one_two`.
fn exports_whose_names_share_their_ends(assembler: &Assembler) {
    let data = assembler.assemble(
        ".globl one_two, two, __ksymtab_one_two, __ksymtab_two
         .type two, @object
         .type one_two, @function
         one_two: br %r14
         .data
         .balign 8
         two: .quad 0
         .section __ksymtab, \"a\"
         __ksymtab_two: .quad two
         __ksymtab_one_two: .quad one_two
        ",
    );
    let loaded = load(&data, BASE, |_| None).unwrap();
    let value = |name| loaded.linked.address(name).unwrap();
    let mut exports: Vec<_> = loaded.linked.exports().to_vec();
    exports.sort_unstable_by_key(|export| export.name);
    let found = exports.iter().map(|it| (it.name, it.value, it.is_function));
    let expected = [
        ("one_two", value("one_two"), true),
        ("two", value("two"), false),
    ];
    assert!(found.eq(expected), "{exports:?}");
    assert!(
        exports
            .iter()
            .all(|it| it.hash == loader::name_hash(it.name))
    );
}

/// The names of these exports begin as close to each other as any can: the prefix that each has
/// before it overlaps itself by a byte. The first symbol's name moves them in the string table.
fn exports_whose_names_begin_close_together(assembler: &Assembler) {
    for moved in 1..=8 {
        let first = "a".repeat(moved);
        let data = assembler.assemble(&format!(
            ".globl {first}, x, _ksymtab_x, __ksymtab_x, __ksymtab__ksymtab_x
             .data
             {first}: .quad 0
             x: .quad 0
             _ksymtab_x: .quad 0
             .section __ksymtab, \"a\"
             __ksymtab_x: .quad x
             __ksymtab__ksymtab_x: .quad _ksymtab_x
            "
        ));
        let loaded = load(&data, BASE, |_| None).unwrap();
        let mut exports = loaded.linked.exports().to_vec();
        exports.sort_unstable_by_key(|export| export.name);
        let found = exports.iter().map(|it| (it.name, Some(it.value)));
        let expected = ["_ksymtab_x", "x"].map(|name| (name, loaded.linked.address(name)));
        assert!(found.eq(expected), "{moved}: {exports:?}");
    }
}

fn what_lies_at_an_address(assembler: &Assembler) {
    let data = assembler.assemble(
        "br %r14
         .type f, @function
         f: br %r14
         br %r14
         .size f, .-f
         .section .data..percpu, \"aw\"
         .quad 0
         v: .quad 0
         .size v, 8
        ",
    );
    let loaded = load(&data, BASE, |_| None).unwrap();
    let f = loaded.linked.address("f").unwrap();
    let v = loaded.linked.address("v").unwrap();
    let function = |address| loaded.linked.within(address)?.function();
    let variable = |address| loaded.linked.within(address)?.variable();
    assert_eq!(
        function(f + 3).map(|(it, at)| (it.name, at)),
        Some(("f", 3))
    );
    assert_eq!(
        variable(v + 7).map(|(it, at)| (it.name, at)),
        Some(("v", 7))
    );
    assert!(function(f - 1).is_none() && function(f + 4).is_none());
    assert!(function(v).is_none() && variable(v - 1).is_none());
    assert!(loaded.linked.within(v + 8).is_none() && loaded.linked.within(f - 3).is_none());
}

fn a_name_beyond_the_limit_is_refused() {
    let name = "n".repeat(LONGEST_NAME);
    assert!(Object::parse(&exporting(&[&name], &[])).is_ok());
    let name = "n".repeat(LONGEST_NAME + 1);
    let error = Object::parse(&exporting(&[&name], &[])).unwrap_err();
    assert!(
        matches!(error, LoadError::Name { what: "symbol", .. }),
        "{error}"
    );
}

/// Two files of one module may each have a local symbol of a name that a third
/// exports.
fn a_global_symbol_goes_before_local_ones() {
    let mut builder = Builder::new();
    let data = builder.section(".data", DATA, 8, vec![0; 32]);
    let table = builder.section("__ksymtab", ALLOC, 8, vec![0; 8]);
    builder.symbol("x", 1, data as u16, 0, 8);
    builder.symbol("__ksymtab_x", 0, table as u16, 0, 0);
    builder.symbol("x", GLOBAL_OBJECT, data as u16, 16, 8);
    builder.symbol("x", 1, data as u16, 24, 8);
    let data = builder.finish();
    let loaded = load(&data, BASE, |_| None).unwrap();
    let start = loaded.linked.address("x").unwrap() - 16;
    assert_eq!(start % 4096, 0);
    assert_eq!(loaded.linked.exports()[0].value, start + 16);
}

fn a_hundred_thousand_symbols() {
    let mut builder = Builder::new();
    let data = builder.section(".data", DATA, 8, vec![0; 800_000]);
    let symbols: Vec<_> = (0..100_000)
        .map(|index| {
            builder.symbol(
                &format!("s{index}"),
                GLOBAL_OBJECT,
                data as u16,
                8 * index,
                8,
            )
        })
        .collect();
    let places = (0..).step_by(8);
    let entries = symbols.iter().rev().zip(places);
    builder.relocations(data, entries.map(|(&symbol, at)| (at, R_390_64, symbol, 0)));
    let data = builder.finish();
    let loaded = load(&data, BASE, |_| None).unwrap();
    assert_eq!(loaded.bindings.symbols().count(), 100_001 - 1);
    let last = loaded.linked.address("s99999").unwrap();
    assert_eq!(loaded.linked.address("s0"), Some(last - 8 * 99_999));
    assert_eq!(loaded.doubleword(last - 8 * 99_999), last);
    assert_eq!(loaded.doubleword(last), last - 8 * 99_999);
}

tests! {
    host: [
        a_name_exported_twice_is_refused,
        an_export_without_definition_is_refused,
        a_module_does_not_import_from_itself,
        exports_are_found_by_their_whole_name,
        a_name_beyond_the_limit_is_refused,
        a_global_symbol_goes_before_local_ones,
        a_hundred_thousand_symbols,
    ],
    assembled: [
        exports_whose_names_share_their_ends,
        exports_whose_names_begin_close_together,
        what_lies_at_an_address,
        a_weak_symbol_that_nobody_defines_is_0,
        a_weak_symbol_out_of_reach,
        a_weak_definition_is_used,
        absolute_and_local_symbols,
        an_unknown_symbol_is_named,
        a_common_symbol_is_refused,
    ],
}
