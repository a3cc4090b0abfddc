//! What a module exports: each name once, with the symbol that defines it.
//!
//! All names are looked up in one pass over the symbols, against the sorted list
//! of the names, so 10,000 exports cost no more each than ten.

use crate::LoadError;
use crate::error::owned;
use crate::object::Object;
use alloc::vec::Vec;

/// An exported name: the indexes of the symbol that says so and of the one that
/// it names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Export {
    pub entry: u32,
    pub symbol: u32,
}

impl Export {
    /// The name.
    pub fn name<'data>(&self, object: &Object<'data>) -> &'data str {
        object.export(self.entry as usize).unwrap_or("")
    }
}

/// Finds them, sorted by name.
pub(crate) fn find(object: &Object<'_>) -> Result<Vec<Export>, LoadError> {
    let entries = || (1..object.symbol_count()).filter(|&index| object.export(index).is_some());
    let mut exports = Vec::new();
    exports.try_reserve_exact(entries().count())?;
    exports.extend(entries().map(|index| Export {
        entry: index as u32,
        symbol: 0,
    }));
    if exports.is_empty() {
        return Ok(exports);
    }
    exports.sort_unstable_by_key(|export| export.name(object));
    for pair in exports.windows(2) {
        let name = pair[0].name(object);
        if name == pair[1].name(object) {
            return Err(LoadError::ExportedTwice(owned(name)));
        }
    }
    for symbol in object.symbols().filter(|symbol| symbol.is_definition()) {
        let found = exports.binary_search_by_key(&symbol.name, |export| export.name(object));
        let Ok(at) = found else { continue };
        // A local symbol of some other source file may have the name as well.
        if exports[at].symbol == 0 || !symbol.is_local() {
            exports[at].symbol = symbol.index as u32;
        }
    }
    match exports.iter().find(|export| export.symbol == 0) {
        Some(undefined) => Err(LoadError::ExportUndefined(undefined.name(object).into())),
        None => Ok(exports),
    }
}
