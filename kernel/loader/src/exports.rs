//! What a module exports: each name once, with the symbol that defines it.
//!
//! All names are looked up in one pass over the symbols, in a hash table of the names, so
//! 10,000 exports cost no more each than ten.

use crate::code::{Until, check_function, check_memory};
use crate::error::{LoadError, Name, Unusable};
use crate::layout::Layout;
use crate::linked::ExportedSymbol;
use crate::section::SymbolEntry;
use crate::starts::Starts;
use alloc::vec::Vec;
use fallible::{TryPush, collected, filled, with_room};
use hashbrown::HashMap;
use object::elf::STT_FUNC;

/// Finds what an object exports, in the order of the file.
///
/// # Errors
/// If a name is exported twice, not defined, or of what others can't use for as long as
/// the module is loaded.
pub(crate) fn find<'data>(
    layout: &Layout<'data>,
    starts: &Starts,
) -> Result<Vec<ExportedSymbol<'data>>, LoadError> {
    let object = layout.object();
    let names = collected(0, object.exports())?;
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let by_name = numbers(&names)?;
    let mut symbols = filled(names.len(), 0u32)?;
    for symbol in 1..object.symbol_count() {
        let name = object.exportable(symbol);
        let Some(&number) = name.and_then(|name| by_name.get(name)) else {
            continue;
        };
        let found = &mut symbols[number as usize];
        // A local symbol of some other source file may have the name as well.
        if *found == 0 || !object.is_local(symbol) {
            *found = symbol as u32;
        }
    }
    let mut exports = with_room(names.len())?;
    for (name, symbol) in names.into_iter().zip(symbols) {
        if symbol == 0 {
            return Err(LoadError::ExportUndefined(Name::new(name)));
        }
        let symbol = object.symbol_of_name(symbol as usize, name);
        let is_function = check(layout, &symbol).map_err(|why| LoadError::Export {
            name: Name::new(name),
            why,
        })?;
        exports.try_push(ExportedSymbol {
            name,
            value: starts.value(&symbol),
            size: symbol.size,
            is_function,
        })?;
    }
    Ok(exports)
}

/// The exports' numbers by their names, each of which must be there once.
fn numbers<'data>(exports: &[&'data str]) -> Result<HashMap<&'data str, u32>, LoadError> {
    let mut numbers = HashMap::new();
    let reserved = numbers.try_reserve(exports.len());
    reserved.map_err(|_| LoadError::OutOfMemory)?;
    for (number, &name) in (0..).zip(exports) {
        #[cfg_attr(
            not(test),
            expect(clippy::disallowed_methods, reason = "there is room")
        )]
        let twice = numbers.insert(name, number).is_some();
        if twice {
            return Err(LoadError::ExportedTwice(Name::new(name)));
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
