//! `System.map`: the kernel's symbols as text, sorted by address.
//!
//! ```text
//!  0000000000100000 T boot_entry
//!  00000000001a2000 D _ZN6kernel7console7CONSOLE17h...
//! ```
//!
//! The letters are nm's: T text, R read-only, D data, B zeroed data, A absolute;
//! lower case for a symbol that is local to its object. Names stay mangled.

use object::{Object, ObjectSymbol, SectionKind, SymbolKind, SymbolSection};
use std::fmt::Write;

/// The table of an ELF file's symbols.
pub fn of(elf: &[u8]) -> Result<String, object::Error> {
    let file = object::File::parse(elf)?;
    let mut entries = Vec::new();
    for symbol in file.symbols() {
        let name = symbol.name()?;
        let kind = symbol.kind();
        if name.is_empty() || matches!(kind, SymbolKind::Section | SymbolKind::File) {
            continue;
        }
        let letter = match symbol.section() {
            SymbolSection::Absolute => 'A',
            SymbolSection::Section(index) => section_letter(&file, index)?,
            _ => continue,
        };
        let letter = match symbol.is_global() {
            true => letter,
            false => letter.to_ascii_lowercase(),
        };
        entries.push((symbol.address(), name, letter));
    }
    entries.sort();
    let mut text = String::new();
    for (address, name, letter) in entries {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{address:016x} {letter} {name}");
    }
    Ok(text)
}

fn section_letter(
    file: &object::File<'_>,
    index: object::SectionIndex,
) -> Result<char, object::Error> {
    use object::ObjectSection;
    Ok(match file.section_by_index(index)?.kind() {
        SectionKind::Text => 'T',
        SectionKind::ReadOnlyData | SectionKind::ReadOnlyString => 'R',
        SectionKind::UninitializedData => 'B',
        _ => 'D',
    })
}

/// The name of a code address in such a table, and how far it is behind the symbol.
pub fn name_of(table: &str, address: u64) -> Option<String> {
    let mut found = None;
    for line in table.lines() {
        let mut words = line.split(' ');
        let start = u64::from_str_radix(words.next()?, 16).ok()?;
        let (letter, name) = (words.next()?, words.next()?);
        if start > address {
            break;
        }
        found = Some((start, letter, name));
    }
    let (start, letter, name) = found?;
    let is_code = letter.eq_ignore_ascii_case("t") && address - start < 1 << 20;
    let name = rustc_demangle::demangle(name);
    is_code.then(|| format!("{name:#}+{:#x}", address - start))
}
