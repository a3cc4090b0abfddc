//! What a module exports: each name once, with the symbol that defines it.
//!
//! All names are looked up in one pass over the symbols, in a hash table of the names, so
//! 10,000 exports cost no more each than ten.

use crate::code::{Until, check_function, check_memory};
use crate::error::{LoadError, Name, Unusable};
use crate::layout::Layout;
use crate::section::SymbolEntry;
use alloc::vec::Vec;
use fallible::collected;
use hashbrown::HashMap;
use object::elf::STT_FUNC;

/// An exported name, and the index of the symbol that it names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Export<'data> {
    pub name: &'data str,
    pub symbol: u32,
    /// Whether it can be called.
    pub is_function: bool,
}

/// Finds what an object exports, in the order of the file.
///
/// # Errors
/// If a name is exported twice, not defined, or of what others can't use for as long as
/// the module is loaded.
pub(crate) fn find<'data>(layout: &Layout<'data>) -> Result<Vec<Export<'data>>, LoadError> {
    let object = layout.object();
    let unknown = object.exports().map(|name| Export {
        name,
        symbol: 0,
        is_function: false,
    });
    let mut exports = collected(0, unknown)?;
    if exports.is_empty() {
        return Ok(exports);
    }
    let by_name = numbers(&exports)?;
    for symbol in 1..object.symbol_count() {
        let name = object.exportable(symbol);
        let Some(&number) = name.and_then(|name| by_name.get(name)) else {
            continue;
        };
        let export = &mut exports[number as usize];
        // A local symbol of some other source file may have the name as well.
        if export.symbol == 0 || !object.is_local(symbol) {
            export.symbol = symbol as u32;
        }
    }
    for export in &mut exports {
        if export.symbol == 0 {
            return Err(LoadError::ExportUndefined(Name::new(export.name)));
        }
        let symbol = object.symbol_of_name(export.symbol as usize, export.name);
        let checked = check(layout, &symbol);
        export.is_function = checked.map_err(|why| LoadError::Export {
            name: Name::new(export.name),
            why,
        })?;
    }
    Ok(exports)
}

/// The exports' numbers by their names, each of which must be there once.
fn numbers<'data>(exports: &[Export<'data>]) -> Result<HashMap<&'data str, u32>, LoadError> {
    let mut numbers = HashMap::new();
    let reserved = numbers.try_reserve(exports.len());
    reserved.map_err(|_| LoadError::OutOfMemory)?;
    for (number, export) in (0..).zip(exports) {
        #[cfg_attr(
            not(test),
            expect(clippy::disallowed_methods, reason = "there is room")
        )]
        let twice = numbers.insert(export.name, number).is_some();
        if twice {
            return Err(LoadError::ExportedTwice(Name::new(export.name)));
        }
    }
    Ok(numbers)
}

/// Whether an exported symbol is a function.
fn check(layout: &Layout<'_>, symbol: &SymbolEntry<'_>) -> Result<bool, Unusable> {
    let function = check_function(layout, symbol, Until::Unload);
    if symbol.kind == STT_FUNC {
        return function.map(|()| true);
    }
    match check_memory(layout, symbol, Until::Unload) {
        // A value is as good as an address to who only reads it.
        Ok(()) | Err(Unusable::Absolute) => Ok(function.is_ok()),
        Err(why) => Err(why),
    }
}
