//! Symbols and relocations that are wrong in one field: each is refused by an error
//! that names the field, before anything is allocated.

mod common;

use common::broken::*;
use common::builder::*;
use loader::{LoadError, Object, Plan};

#[test]
fn symbol_tables() {
    let none = patch().section(SYMTAB_INDEX, SH_TYPE, 1);
    assert_eq!(refused(&none.data), LoadError::SymbolTables(0));
    let two = patch().section(DEBUG_INDEX, SH_TYPE, 2);
    assert_eq!(refused(&two.data), LoadError::SymbolTables(2));
    for size in [0, 16, 25] {
        let error = refused(&patch().section(SYMTAB_INDEX, SH_ENTSIZE, size).data);
        let field = "symbol size";
        assert!(
            matches!(error, LoadError::Header { field: is, .. } if is == field),
            "{error}"
        );
    }
    for size in [1, 23, 95] {
        let wrong = patch().section(SYMTAB_INDEX, SH_SIZE, size);
        bad_section(wrong, SYMTAB_INDEX, "symbol table size", size);
    }
    // No symbols, not even the null one: the relocations' symbols aren't there.
    let error = refused(&patch().section(SYMTAB_INDEX, SH_SIZE, 0).data);
    assert!(
        matches!(error, LoadError::RelocationSymbol { symbol: 1, .. }),
        "{error}"
    );
}

#[test]
fn symbols_sections() {
    let put = |section| patch().entry(SYMTAB_INDEX, 1, ST_SHNDX, section);
    // Out of range; reserved ones; the one that says "in another table".
    for section in [9, 0xfeff, 0xff00, 0xff1f, 0xfff0, 0xffff] {
        bad_symbol(put(section), 1, "section", section);
    }
    assert_eq!(refused(&put(0xfff2).data), LoadError::Common("f".into()));
    assert!(Object::parse(&put(0xfff1).data).is_ok(), "absolute");
    let null = patch().entry(SYMTAB_INDEX, 0, ST_SHNDX, 1);
    bad_symbol(null, 0, "section or type of the null symbol, section", 1);
    // A section's symbol without a section.
    for section in [0, 0xfff1] {
        let wrong = put(section).entry(SYMTAB_INDEX, 1, ST_INFO, SECTION.into());
        bad_symbol(wrong, 1, "type STT_SECTION, section", section);
    }
}

#[test]
fn symbols_values() {
    let put = |value| patch().entry(SYMTAB_INDEX, 1, ST_VALUE, value);
    assert!(Object::parse(&put(16).data).is_ok(), "the section's end");
    for value in [17, 1 << 63, u64::MAX] {
        bad_symbol(put(value), 1, "value", value);
    }
    let tls = patch().entry(SYMTAB_INDEX, 2, ST_INFO, 6);
    bad_symbol(tls, 2, "type STT_TLS, value", 16);
    let indirect = patch().entry(SYMTAB_INDEX, 1, ST_INFO, 0x1a);
    bad_symbol(indirect, 1, "type STT_GNU_IFUNC, value", 4);
}

#[test]
fn relocation_sections() {
    let put = |field, value| patch().section(RELA_INDEX, field, value);
    // What they apply to: nothing, themselves, nowhere.
    for target in [0, u64::from(RELA_INDEX), 9, u64::from(u32::MAX)] {
        bad_relocations(put(SH_INFO, target), "target", target);
    }
    // Without addends.
    let target = u64::from(DATA_INDEX);
    bad_relocations(put(SH_TYPE, 9), "type SHT_REL, target", target);
    for size in [0, 16, 25] {
        bad_relocations(put(SH_ENTSIZE, size), "entry size", size);
    }
    bad_relocations(put(SH_SIZE, 47), "size", 47);
    for link in [0, u64::from(DATA_INDEX), u64::from(STRTAB_INDEX), 1000] {
        bad_relocations(put(SH_LINK, link), "symbol table", link);
    }
    // Of a section that isn't loaded: ignored, whatever they are.
    let unused = put(SH_INFO, DEBUG_INDEX.into()).entry(RELA_INDEX, 0, R_TYPE, 200);
    assert!(Plan::new(&Object::parse(&unused.data).unwrap()).is_ok());
    // Of one that has no bytes.
    let error = refused(&put(SH_INFO, BSS_INDEX.into()).data);
    assert!(
        matches!(error, LoadError::RelocationOutside { size: 100, .. }),
        "{error}"
    );
}

#[test]
fn relocations_places() {
    let put = |offset| patch().entry(RELA_INDEX, 1, R_OFFSET, offset);
    assert!(
        Plan::new(&Object::parse(&put(16).data).unwrap()).is_ok(),
        "ends with it"
    );
    // The field's end beyond the section's, its start beyond, and wrapping.
    for offset in [17, 23, 24, 1 << 40, u64::MAX, u64::MAX - 7] {
        let error = refused(&put(offset).data);
        let LoadError::RelocationOutside { place, howto, size } = &error else {
            panic!("{error}");
        };
        assert_eq!((place.offset, howto.r_type, *size), (offset, R_390_64, 24));
        assert_eq!(place.section, ".data");
    }
    // Each field's own width counts: the last bytes of the section.
    for (kind, bytes) in [(1, 1), (2, 2), (57, 3), (64, 3), (4, 4), (22, 8)] {
        let last = put(24 - bytes).entry(RELA_INDEX, 1, R_TYPE, kind);
        assert!(
            Plan::new(&Object::parse(&last.data).unwrap()).is_ok(),
            "{kind}"
        );
        let over = put(25 - bytes).entry(RELA_INDEX, 1, R_TYPE, kind);
        let error = refused(&over.data);
        assert!(
            matches!(error, LoadError::RelocationOutside { .. }),
            "{error}"
        );
    }
}

#[test]
fn relocations_symbols_and_types() {
    for symbol in [4, 1000, u32::MAX] {
        let error = refused(&patch().entry(RELA_INDEX, 0, R_SYM, symbol.into()).data);
        assert!(
            matches!(error, LoadError::RelocationSymbol { symbol: is, .. } if is == symbol),
            "{error}"
        );
    }
    for kind in [9, 37, 61, 66, 250, 1 << 31] {
        let error = refused(&patch().entry(RELA_INDEX, 0, R_TYPE, kind).data);
        assert!(
            matches!(error, LoadError::RelocationType { r_type: is, .. } if u64::from(is) == kind),
            "{error}"
        );
    }
}
