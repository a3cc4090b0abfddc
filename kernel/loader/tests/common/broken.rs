//! A small valid module, changes to it, and the errors that they must lead to.

use super::builder::*;
use super::{BASE, load};
use loader::LoadError;

pub const OBJECT: u8 = 1;
pub const GLOBAL_FUNCTION: u8 = 0x12;
pub const GLOBAL: u8 = 0x10;
pub const SECTION: u8 = 3;
pub const R_390_64: u32 = 22;

/// A small module. Sections: 1 .text, 2 .data, 3 .rela of .data, 4 .bss, 5 .debug,
/// 6 .symtab, 7 .strtab, 8 .shstrtab. Symbols: 1 f, 2 v, 3 far.
pub fn module() -> Vec<u8> {
    let mut builder = Builder::new();
    let text = builder.section(".text", TEXT, 8, vec![7; 16]);
    let data = builder.section(".data", DATA, 8, vec![0; 24]);
    let f = builder.symbol("f", GLOBAL_FUNCTION, text as u16, 4, 4);
    builder.symbol("v", OBJECT, data as u16, 16, 8);
    let far = builder.symbol("far", GLOBAL, 0, 0, 0);
    builder.relocations(data, [(0, R_390_64, f, 1), (8, R_390_64, far, 2)]);
    builder.zeroed(".bss", DATA, 16, 100);
    builder.section(".debug", 0, 1, vec![1; 50]);
    builder.finish()
}

pub const TEXT_INDEX: u32 = 1;
pub const DATA_INDEX: u32 = 2;
pub const RELA_INDEX: u32 = 3;
pub const BSS_INDEX: u32 = 4;
pub const DEBUG_INDEX: u32 = 5;
pub const SYMTAB_INDEX: u32 = 6;
pub const STRTAB_INDEX: u32 = 7;
pub const NAMES_INDEX: u32 = 8;

pub fn patch() -> Patch {
    Patch::new(&module())
}

pub fn refused(data: &[u8]) -> LoadError {
    match load(data, BASE, |_| Some(0)) {
        Ok(_) => panic!("it is refused"),
        Err(error) => error,
    }
}

/// Refused as `Section` of this index, field and value.
pub fn bad_section(patch: Patch, index: u32, field: &str, value: u64) {
    match refused(&patch.data) {
        LoadError::Section {
            index: is,
            field: named,
            value: found,
            ..
        } => assert_eq!((is, named, found), (index as usize, field, value)),
        other => panic!("{field}: {other}"),
    }
}

pub fn bad_symbol(patch: Patch, index: usize, field: &str, value: u64) {
    match refused(&patch.data) {
        LoadError::Symbol {
            index: is,
            field: named,
            value: found,
            ..
        } => assert_eq!((is, named, found), (index, field, value)),
        other => panic!("{field}: {other}"),
    }
}

pub fn bad_relocations(patch: Patch, field: &str, value: u64) {
    match refused(&patch.data) {
        LoadError::RelocationSection {
            index,
            field: named,
            value: found,
            ..
        } => assert_eq!((index, named, found), (RELA_INDEX as usize, field, value)),
        other => panic!("{field}: {other}"),
    }
}
