//! Files whose header, sections or string tables are wrong: each is refused by an
//! error that names the field, and none gets as far as a plan.

mod common;

use common::broken::*;
use common::builder::*;
use common::load;
use loader::{LoadError, Object};

#[test]
fn the_module_itself_is_valid() {
    let data = module();
    let loaded = load(&data, common::BASE, |_| Some(0x1000)).unwrap();
    let v = loaded.linked.address("v").unwrap();
    assert_eq!(
        loaded.doubleword(v - 16),
        common::BASE + 4 + 1,
        "S + A of f"
    );
    assert_eq!(loaded.doubleword(v - 8), 0x1000 + 2, "S + A of far");
    assert_eq!(loaded.linked.address("f"), Some(common::BASE + 4));
}

#[test]
fn a_file_cut_at_any_byte() {
    let data = module();
    assert_eq!(refused(&[]), LoadError::TooShort { bytes: 0 });
    for bytes in 0..data.len() {
        let error = refused(&data[..bytes]);
        if bytes < 64 {
            assert_eq!(error, LoadError::TooShort { bytes });
        } else {
            // The section table is the file's end.
            assert!(
                matches!(error, LoadError::OutsideFile { .. }),
                "{bytes}: {error}"
            );
        }
    }
}

#[test]
fn a_header_of_another_kind() {
    assert_eq!(
        refused(&patch().put(0, 4, 0x7f45_4c47).data),
        LoadError::NotElf
    );
    assert_eq!(refused(b"#!/bin/sh\n"), LoadError::NotElf);
    // Offset, bytes, value, and how the field is called.
    for (at, bytes, found, field, wanted) in [
        (4, 1, 1, "class", 2),
        (4, 1, 0, "class", 2),
        (5, 1, 1, "byte order", 2),
        (6, 1, 0, "identification version", 1),
        (16, 2, 2, "type", 1),
        (16, 2, 3, "type", 1),
        (18, 2, 62, "machine", 22),
        (20, 4, 2, "version", 1),
        (58, 2, 40, "section header size", 64),
        (58, 2, 0, "section header size", 64),
    ] {
        let error = refused(&patch().put(at, bytes, found).data);
        let expected = LoadError::Header {
            field,
            found,
            wanted,
        };
        assert_eq!(error, expected);
    }
}

#[test]
fn a_section_table_outside_the_file() {
    let length = module().len() as u64;
    for offset in [length, length - 63, u64::MAX, u64::MAX - 63, 1 << 63] {
        let error = refused(&patch().put(40, 8, offset).data);
        let table = "section header table";
        assert!(
            matches!(error, LoadError::OutsideFile { what, .. } if what == table),
            "{error}"
        );
    }
    let error = refused(&patch().put(60, 2, 0xfeff).data);
    assert!(matches!(error, LoadError::OutsideFile { size, .. } if size == 0xfeff * 64));
    // No sections at all; the names' index then leads nowhere.
    let error = refused(&patch().put(40, 8, 0).put(60, 2, 0).data);
    assert!(matches!(
        error,
        LoadError::Section {
            field: "string table index",
            ..
        }
    ));
    // Extended numbering, with a number that wraps.
    for count in [1 << 58, u64::MAX, 1 << 40] {
        let error = refused(&patch().put(60, 2, 0).section(0, SH_SIZE, count).data);
        assert!(matches!(error, LoadError::OutsideFile { .. }), "{error}");
    }
}

#[test]
fn more_sections_than_the_header_can_count() {
    let mut builder = Builder::new();
    let data = builder.section(".data", DATA, 8, vec![0; 8]);
    let v = builder.symbol("v", OBJECT, data as u16, 0, 8);
    builder.relocations(data, [(0, R_390_64, v, 0)]);
    for _ in 0..65_300 {
        builder.section(".note", 0, 1, vec![0]);
    }
    let file = builder.finish();
    assert_eq!(file[60..62], [0, 0], "the count is in the null section");
    let loaded = load(&file, common::BASE, |_| None).unwrap();
    assert_eq!(loaded.object.section_count(), 65_306);
    assert_eq!(loaded.doubleword(common::BASE), common::BASE);
}

#[test]
fn a_section_outside_the_file() {
    let length = module().len() as u64;
    for (offset, size) in [
        (length, 1),
        (length - 8, 9),
        (u64::MAX, 24),
        (u64::MAX - 23, 24),
        (8, u64::MAX),
        (1 << 63, 1 << 63),
    ] {
        for index in [TEXT_INDEX, DEBUG_INDEX, SYMTAB_INDEX] {
            let patch = patch().section(index, SH_OFFSET, offset);
            let error = refused(&patch.section(index, SH_SIZE, size).data);
            let expected = LoadError::OutsideFile {
                what: "section",
                index: index as usize,
                offset,
                size,
            };
            assert_eq!(error, expected);
        }
    }
}

#[test]
fn sections_that_overlap() {
    // .data's second half becomes .text's first.
    let data = module();
    let at = |index: u32| {
        let object = Object::parse(&data).unwrap();
        let section = object.section(index as usize);
        section.bytes.as_ptr() as u64 - data.as_ptr() as u64
    };
    let error = refused(
        &patch()
            .section(DATA_INDEX, SH_OFFSET, at(TEXT_INDEX) + 8)
            .data,
    );
    let expected = LoadError::Overlap {
        first: TEXT_INDEX as usize,
        second: DATA_INDEX as usize,
        offset: at(TEXT_INDEX) + 8,
    };
    assert_eq!(error, expected);
    // Also where one isn't loaded, and where one holds the other.
    let error = refused(
        &patch()
            .section(DEBUG_INDEX, SH_OFFSET, at(TEXT_INDEX) - 8)
            .data,
    );
    assert!(matches!(error, LoadError::Overlap { .. }), "{error}");
    // Side by side is fine, and what has no bytes is nowhere in the file.
    let fine = patch().section(BSS_INDEX, SH_OFFSET, at(TEXT_INDEX)).data;
    assert!(Object::parse(&fine).is_ok());
}

#[test]
fn sizes_that_no_memory_has() {
    for size in [1u64 << 60, u64::MAX, (1 << 48) + 1] {
        let error = refused(&patch().section(BSS_INDEX, SH_SIZE, size).data);
        assert!(matches!(error, LoadError::TooLarge { .. }), "{error}");
    }
    // Two that wrap only together.
    let mut builder = Builder::new();
    builder.zeroed(".bss", DATA, 1, 1 << 63);
    builder.zeroed(".bss.more", DATA, 1, 1 << 63);
    assert!(matches!(
        refused(&builder.finish()),
        LoadError::TooLarge { .. }
    ));
    let mut builder = Builder::new();
    builder.zeroed(".data..percpu", DATA, 1, 1 << 60);
    assert!(matches!(
        refused(&builder.finish()),
        LoadError::TooLarge { .. }
    ));
}

#[test]
fn alignments() {
    for align in [0, 1, 2, 4096] {
        let fine = patch().section(TEXT_INDEX, SH_ADDRALIGN, align).data;
        assert!(Object::parse(&fine).is_ok(), "{align}");
    }
    for align in [3, 6, 8192, 1 << 40, u64::MAX, 1 << 63] {
        let wrong = patch().section(TEXT_INDEX, SH_ADDRALIGN, align);
        bad_section(wrong, TEXT_INDEX, "alignment", align);
    }
    // A debug section's matters to nobody, but must be one.
    let fine = patch().section(DEBUG_INDEX, SH_ADDRALIGN, 1 << 40).data;
    assert!(Object::parse(&fine).is_ok());
    bad_section(
        patch().section(DEBUG_INDEX, SH_ADDRALIGN, 3),
        DEBUG_INDEX,
        "alignment",
        3,
    );
}

#[test]
fn flags_that_a_module_cannot_have() {
    let (tls, compressed) = (0x400, 0x800);
    let wrong = patch().section(DATA_INDEX, SH_FLAGS, DATA | tls);
    bad_section(wrong, DATA_INDEX, "flag SHF_TLS in", DATA | tls);
    let wrong = patch().section(DATA_INDEX, SH_FLAGS, DATA | compressed);
    bad_section(
        wrong,
        DATA_INDEX,
        "flag SHF_COMPRESSED in",
        DATA | compressed,
    );
    let wrong = patch().section(DATA_INDEX, SH_FLAGS, DATA | TEXT);
    bad_section(
        wrong,
        DATA_INDEX,
        "writable and executable, flags",
        DATA | TEXT,
    );
}

#[test]
fn string_tables() {
    // Missing, or not one.
    for index in [0, 9, 0xfeff] {
        let wrong = patch().put(62, 2, index);
        bad_section(wrong, index as u32, "string table index", index);
    }
    bad_section(patch().put(62, 2, 1), TEXT_INDEX, "string table type", 1);
    let wrong = patch().section(NAMES_INDEX, SH_TYPE, 1);
    bad_section(wrong, NAMES_INDEX, "string table type", 1);
    let wrong = patch().section(SYMTAB_INDEX, SH_LINK, 0);
    bad_section(wrong, 0, "string table index", 0);
    let wrong = patch().section(SYMTAB_INDEX, SH_LINK, u64::from(u32::MAX));
    bad_section(wrong, u32::MAX, "string table index", u64::from(u32::MAX));
    let wrong = patch().section(SYMTAB_INDEX, SH_LINK, DATA_INDEX.into());
    bad_section(wrong, DATA_INDEX, "string table type", 1);
    // Empty: no name is in it.
    let name = |what, index, offset| LoadError::Name {
        what,
        index,
        offset,
    };
    let error = refused(&patch().section(NAMES_INDEX, SH_SIZE, 0).data);
    assert_eq!(error, name("section", 0, 0));
    let error = refused(&patch().section(STRTAB_INDEX, SH_SIZE, 0).data);
    assert_eq!(error, name("symbol", 1, 1));
}

#[test]
fn names() {
    let name = |what, index, offset| LoadError::Name {
        what,
        index,
        offset,
    };
    for offset in [1000, u32::MAX] {
        let error = refused(&patch().section(TEXT_INDEX, SH_NAME, offset.into()).data);
        assert_eq!(error, name("section", 1, offset));
        let error = refused(&patch().entry(SYMTAB_INDEX, 2, ST_NAME, offset.into()).data);
        assert_eq!(error, name("symbol", 2, offset));
    }
    // The table's last name without its NUL; "far" begins at 5.
    let cut = patch().section(STRTAB_INDEX, SH_SIZE, 8);
    assert_eq!(refused(&cut.data), name("symbol", 3, 5));
    // Bytes that aren't UTF-8: an overlong sequence, and half of one.
    for bytes in [&b"\xc0\x80"[..], b"a\xe2\x82"] {
        let data = module();
        let object = Object::parse(&data).unwrap();
        let strings = object.section(STRTAB_INDEX as usize).bytes;
        let at = strings.as_ptr() as usize - data.as_ptr() as usize + 5;
        let mut data = data.clone();
        data[at..at + bytes.len()].copy_from_slice(bytes);
        assert_eq!(refused(&data), name("symbol", 3, 5));
    }
}

#[test]
fn every_error_is_a_line_that_names_its_facts() {
    let overflow = refused(&patch().section(BSS_INDEX, SH_SIZE, 1 << 60).data);
    assert_eq!(
        overflow.to_string(),
        "1152921504606851104 bytes are too many to lay out"
    );
    let outside = refused(&patch().entry(RELA_INDEX, 1, R_OFFSET, 20).data);
    let text = ".data+0x14: R_390_64 reaches beyond the section's 24 bytes";
    assert_eq!(outside.to_string(), text);
    let kind = refused(&patch().entry(RELA_INDEX, 0, R_TYPE, 56).data);
    let text = ".data+0x0: R_390_TLS_TPOFF has no place in a module";
    assert_eq!(kind.to_string(), text);
}
