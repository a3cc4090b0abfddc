//! What a module exports: each name once, with the symbol that defines it.
//!
//! All names are looked up in one pass over the symbols, against the sorted list
//! of the names, so 10,000 exports cost hardly more each than ten.

use crate::LoadError;
use crate::error::owned;
use crate::object::Object;
use alloc::vec::Vec;

/// An exported name, and the index of the symbol that it names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Export<'data> {
    pub name: &'data str,
    pub symbol: u32,
}

/// Finds them, sorted by name.
pub(crate) fn find<'data>(object: &Object<'data>) -> Result<Vec<Export<'data>>, LoadError> {
    let mut exports = Vec::new();
    exports.try_reserve_exact(object.exports().count())?;
    exports.extend(object.exports().map(|name| Export { name, symbol: 0 }));
    if exports.is_empty() {
        return Ok(exports);
    }
    exports.sort_unstable_by_key(|export| export.name);
    for pair in exports.windows(2) {
        if pair[0].name == pair[1].name {
            return Err(LoadError::ExportedTwice(owned(pair[0].name)));
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
    match exports.iter().find(|export| export.symbol == 0) {
        Some(undefined) => Err(LoadError::ExportUndefined(owned(undefined.name))),
        None => Ok(exports),
    }
}
