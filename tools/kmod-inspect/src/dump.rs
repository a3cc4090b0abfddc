//! `--dump`: the linked image, and where in it everything is.
//!
//! ```text
//!  image.bin   │ text │ rodata │ data, zeroes for bss │ per-CPU template │
//!              0                                      a page boundary
//! ```
//!
//! `layout.json` says which section is where; its numbers are decimal.

use crate::module::{Image, Module};
use loader::Position;
use serde::Serialize;
use std::fs;
use std::io;
use std::path::Path;

#[derive(Serialize)]
struct Layout<'a> {
    module: &'a str,
    base: u64,
    sections: Vec<Section<'a>>,
    got: Table,
    plt: Table,
    symbols: Vec<Symbol<'a>>,
}

/// A section that takes memory.
#[derive(Serialize)]
pub struct Section<'a> {
    /// Index in the input.
    pub index: usize,
    /// Its name in the input.
    pub name: &'a str,
    /// Linked address; for per-CPU data the handle.
    pub address: u64,
    /// Offset in `image.bin`; none if the input has no bytes for it.
    pub file_offset: Option<u64>,
    /// Bytes that it takes in memory.
    pub size: u64,
}

/// GOT or PLT.
#[derive(Clone, Copy, Serialize)]
pub struct Table {
    /// Address of its first byte.
    pub address: u64,
    /// Its bytes, eight a slot or stub.
    pub size: u64,
}

/// A symbol, by its index in the input.
#[derive(Serialize)]
pub struct Symbol<'a> {
    /// Index in the input.
    pub index: usize,
    /// Its name in the input, not demangled.
    pub name: &'a str,
    /// Its value; for per-CPU data the handle.
    pub address: u64,
}

/// The sections that take memory.
pub fn sections<'a>(module: &Module<'a>, image: &Image<'a>) -> Vec<Section<'a>> {
    let sections = module.sections().map(|(section, position)| {
        let file_offset = match position {
            Position::PerCpu(offset) => image.image.len() as u64 + offset,
            Position::Image(offset) => offset,
            Position::Nowhere => 0,
        };
        let address = position.address(image.base, image.per_cpu);
        Section {
            index: section.index,
            name: section.name,
            address: address.unwrap_or(0),
            file_offset: section.has_bytes().then_some(file_offset),
            size: section.size,
        }
    });
    sections.collect()
}

/// GOT and PLT.
pub fn tables(module: &Module<'_>, image: &Image<'_>) -> (Table, Table) {
    let table = |(offset, size)| Table {
        address: image.base + offset,
        size,
    };
    (table(module.layout().got()), table(module.layout().plt()))
}

/// All symbols but the null one.
pub fn symbols<'a>(image: &Image<'a>) -> Vec<Symbol<'a>> {
    let symbols = image.bindings.symbols().zip(1..);
    let symbols = symbols.map(|(symbol, index)| Symbol {
        index,
        name: symbol.name,
        address: symbol.value,
    });
    symbols.collect()
}

/// Writes both files; an error names the path.
pub fn write(module: &Module<'_>, image: &Image<'_>, folder: &Path) -> io::Result<()> {
    let (got, plt) = tables(module, image);
    let layout = Layout {
        module: &module.name,
        base: image.base,
        sections: sections(module, image),
        got,
        plt,
        symbols: symbols(image),
    };
    let mut text = serde_json::to_vec(&layout)?;
    text.push(b'\n');
    let named = |path: &Path, result: io::Result<()>| {
        result.map_err(|error| io::Error::other(format!("{}: {error}", path.display())))
    };
    named(folder, fs::create_dir_all(folder))?;
    let path = folder.join("image.bin");
    let bytes = [&image.image[..], &image.template[..]].concat();
    named(&path, fs::write(&path, bytes))?;
    let path = folder.join("layout.json");
    named(&path, fs::write(&path, text))
}
