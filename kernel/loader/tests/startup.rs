//! What the kernel will call, or let others call: each address is checked before any of a
//! module's code runs, and a wrong one is an error that says what is wrong with it.

mod common;

use common::builder::*;
use common::{BASE, Loaded, load};
use loader::{LoadError, Startup, StartupError, Unusable};

const FUNCTION: u8 = 2;
const GLOBAL: u8 = 0x10;
const GLOBAL_FUNCTION: u8 = 0x12;
const GLOBAL_OBJECT: u8 = 0x11;
const WEAK: u8 = 0x20;
const ABSOLUTE: u16 = 0xfff1;
const SECTION: u8 = 3;
const R_390_64: u32 = 22;

/// Sections of a module, by the names of their constants.
struct Sections {
    builder: Builder,
    text: u16,
    data: u16,
    init_text: u16,
    init_data: u16,
    zeroed_text: u16,
    per_cpu: u16,
    debug: u16,
}

fn sections() -> Sections {
    let mut builder = Builder::new();
    Sections {
        text: builder.section(".text", TEXT, 8, vec![7; 16]) as u16,
        data: builder.section(".data", DATA, 8, vec![0; 16]) as u16,
        init_text: builder.section(".init.text", TEXT, 8, vec![7; 16]) as u16,
        init_data: builder.section(".init.data", DATA, 8, vec![0; 16]) as u16,
        zeroed_text: builder.zeroed(".text.zeroed", TEXT, 8, 16) as u16,
        per_cpu: builder.section(".data..percpu", DATA, 8, vec![0; 16]) as u16,
        debug: builder.section(".debug_info", 0, 1, vec![0; 16]) as u16,
        builder,
    }
}

fn startup<'data>(loaded: &Loaded<'data>) -> Result<Startup, StartupError<'data>> {
    Startup::of(loaded.layout(), BASE, &loaded.image)
}

/// A module with one symbol, loaded and asked what it starts with.
fn with_symbol(name: &str, info: u8, section: u16, value: u64) -> Result<Startup, String> {
    let mut sections = sections();
    sections.builder.symbol(name, info, section, value, 2);
    let data = sections.builder.finish();
    let loaded = load(&data, BASE, |_| Some(0x10_0000)).unwrap();
    startup(&loaded).map_err(|error| error.to_string())
}

#[test]
fn a_module_without_any_starts() {
    let data = sections().builder.finish();
    let loaded = load(&data, BASE, |_| None).unwrap();
    assert_eq!(startup(&loaded), Ok(Startup::default()));
}

#[test]
fn entry_points_are_functions_of_the_module() {
    let s = sections();
    // Section, type, value, words of the refusal.
    let wrong = [
        (s.data, GLOBAL, 0, "section .data, which holds no code"),
        (
            s.data,
            GLOBAL_FUNCTION,
            0,
            "section .data, which holds no code",
        ),
        (s.init_data, GLOBAL, 0, "section .init.data, which"),
        (
            s.zeroed_text,
            GLOBAL_FUNCTION,
            0,
            "section .text.zeroed, which holds no code",
        ),
        (
            s.per_cpu,
            GLOBAL_FUNCTION,
            0,
            "section .data..percpu, which holds no code",
        ),
        (
            s.debug,
            GLOBAL_FUNCTION,
            0,
            "section .debug_info, which takes no memory",
        ),
        (
            s.text,
            GLOBAL_FUNCTION,
            16,
            "behind the end of section .text",
        ),
        (s.text, GLOBAL_FUNCTION, 5, "odd address"),
        (s.text, GLOBAL_OBJECT, 0, "of another type"),
        (ABSOLUTE, GLOBAL_FUNCTION, 0x10_0000, "absolute symbol"),
        (ABSOLUTE, GLOBAL, 0, "absolute symbol"),
        (0, GLOBAL, 0, "isn't in the module"),
        (0, WEAK, 0, "isn't in the module"),
    ];
    for name in ["init_module", "cleanup_module"] {
        for (section, info, value, words) in wrong {
            let error = with_symbol(name, info, section, value).unwrap_err();
            assert!(error.starts_with(name), "{error}");
            assert!(error.contains(words), "{words}: {error}");
        }
    }
    // What is called after init must not be in what is freed then.
    let error = with_symbol("cleanup_module", GLOBAL_FUNCTION, s.init_text, 0).unwrap_err();
    assert!(error.contains("gone once init has returned"), "{error}");
    let init = with_symbol("init_module", GLOBAL_FUNCTION, s.init_text, 4).unwrap();
    assert_eq!((init.init.unwrap() - BASE) % 4096, 4);
    assert_eq!(init.exit, None);
    // A label of assembly, and a local one.
    for info in [GLOBAL, 0, FUNCTION] {
        let exit = with_symbol("cleanup_module", info, s.text, 14).unwrap();
        assert_eq!(exit.exit, Some(BASE + 14));
    }
}

/// A module with a list of addresses: its own sections' starts, and values.
fn with_list(name: &str, entries: &[(u16, i64)]) -> Result<Startup, String> {
    let mut sections = sections();
    let builder = &mut sections.builder;
    let list = builder.section(name, DATA, 8, vec![0; 8 * entries.len()]);
    let mut relocations = Vec::new();
    for (&(section, addend), at) in entries.iter().zip((0..).step_by(8)) {
        let symbol = match section {
            ABSOLUTE => builder.symbol("absolute", GLOBAL, ABSOLUTE, 0, 0),
            _ => builder.symbol("", SECTION, section, 0, 0),
        };
        relocations.push((at, R_390_64, symbol, addend));
    }
    builder.relocations(list, relocations);
    let data = sections.builder.finish();
    let loaded = load(&data, BASE, |_| None).unwrap();
    startup(&loaded).map_err(|error| error.to_string())
}

#[test]
fn entries_of_lists_are_functions_of_the_module() {
    let s = sections();
    let wrong = [
        (s.data, 0, "section .data, which holds no code"),
        (
            s.zeroed_text,
            8,
            "section .text.zeroed, which holds no code",
        ),
        (s.text, 3, "odd address"),
        // The page's rest, behind the section.
        (s.text, 40, "isn't in the module"),
        (s.text, -8, "isn't in the module"),
        (s.per_cpu, 0, "isn't in the module"),
        (ABSOLUTE, 0x10_0000, "isn't in the module"),
        (ABSOLUTE, i64::MAX, "isn't in the module"),
    ];
    for list in [".init_array", ".ctors", ".fini_array.00100", ".dtors"] {
        for (section, addend, words) in wrong {
            let entries = [(s.text, 0), (section, addend)];
            let error = with_list(list, &entries).unwrap_err();
            let start = format!("{list}: entry 1, ");
            assert!(
                error.starts_with(&start) && error.contains(words),
                "{error}"
            );
        }
    }
    let before = with_list(".init_array", &[(s.init_text, 2), (s.text, 0)]).unwrap();
    assert_eq!(before.constructors.len(), 2);
    let error = with_list(".fini_array", &[(s.init_text, 2)]).unwrap_err();
    assert!(error.contains("gone once init has returned"), "{error}");
    // No entry, by two conventions.
    let none = with_list(".fini_array", &[(ABSOLUTE, 0), (ABSOLUTE, -1)]).unwrap();
    assert_eq!(none.destructors, []);
}

/// A module that exports a symbol.
fn exporting(info: u8, section: u16, value: u64) -> Result<bool, LoadError> {
    let mut sections = sections();
    let builder = &mut sections.builder;
    let table = builder.section("__ksymtab", ALLOC, 8, vec![0; 8]);
    builder.symbol("__ksymtab_x", 0, table as u16, 0, 0);
    builder.symbol("x", info, section, value, 2);
    let data = sections.builder.finish();
    let loaded = load(&data, BASE, |_| None)?;
    Ok(loaded.linked.exports()[0].is_function)
}

#[test]
fn exports_stay_and_functions_are_functions() {
    let s = sections();
    for (info, section, value, why) in [
        (GLOBAL_FUNCTION, s.data, 0, Unusable::NoCode(".data".into())),
        (GLOBAL_FUNCTION, s.text, 1, Unusable::Odd),
        (
            GLOBAL_FUNCTION,
            s.text,
            16,
            Unusable::Outside(".text".into()),
        ),
        (GLOBAL_FUNCTION, ABSOLUTE, 0x1000, Unusable::Absolute),
        (
            GLOBAL_FUNCTION,
            s.init_text,
            0,
            Unusable::Init(".init.text".into()),
        ),
        (GLOBAL, s.init_text, 0, Unusable::Init(".init.text".into())),
        (
            GLOBAL_OBJECT,
            s.init_data,
            0,
            Unusable::Init(".init.data".into()),
        ),
        (
            GLOBAL_OBJECT,
            s.debug,
            0,
            Unusable::NotLoaded(".debug_info".into()),
        ),
    ] {
        let name = "x".into();
        let expected = Err(LoadError::Export { name, why });
        assert_eq!(exporting(info, section, value), expected);
    }
    // What may be called, and what may not.
    for (info, section, is_function) in [
        (GLOBAL_FUNCTION, s.text, true),
        (GLOBAL, s.text, true),
        (GLOBAL_OBJECT, s.text, false),
        (GLOBAL_OBJECT, s.data, false),
        (GLOBAL, s.data, false),
        (GLOBAL_OBJECT, s.per_cpu, false),
        (GLOBAL, ABSOLUTE, false),
    ] {
        assert_eq!(exporting(info, section, 0), Ok(is_function), "{info:#x}");
    }
}
