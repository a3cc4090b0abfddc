//! What a module exports: each name once, with the symbol that defines it.
//!
//! All names are looked up in one pass over the symbols, against the sorted list
//! of the names, so 10,000 exports cost hardly more each than ten.

use crate::code::{Until, check_function, check_memory};
use crate::error::{LoadError, Name, Unusable};
use crate::fallible::collected;
use crate::layout::Layout;
use crate::section::SymbolEntry;
use alloc::vec::Vec;
use object::elf::STT_FUNC;

/// An exported name, and the index of the symbol that it names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Export<'data> {
    pub name: &'data str,
    pub symbol: u32,
    /// Whether it can be called.
    pub is_function: bool,
}

/// Finds what an object exports, sorted by name.
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
    let mut exports = collected(object.exports().count(), unknown)?;
    if exports.is_empty() {
        return Ok(exports);
    }
    exports.sort_unstable_by_key(|export| export.name);
    for pair in exports.windows(2) {
        if pair[0].name == pair[1].name {
            return Err(LoadError::ExportedTwice(Name::new(pair[0].name)));
        }
    }
    for symbol in object.symbols().filter(|symbol| symbol.is_definition()) {
        let found = exports.binary_search_by_key(&symbol.name, |export| export.name);
        let Ok(at) = found else { continue };
        // A local symbol of some other source file may have the name as well.
        if exports[at].symbol == 0 || !symbol.is_local() {
            exports[at].symbol = symbol.index as u32;
        }
    }
    for export in &mut exports {
        if export.symbol == 0 {
            return Err(LoadError::ExportUndefined(Name::new(export.name)));
        }
        let symbol = object.symbol(export.symbol as usize);
        let checked = check(layout, &symbol);
        export.is_function = checked.map_err(|why| LoadError::Export {
            name: Name::new(export.name),
            why,
        })?;
    }
    Ok(exports)
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
