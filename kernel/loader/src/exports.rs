//! What a module exports: each name once, with the symbol that defines it.
//!
//! `X` is exported by a symbol `__ksymtab_X`. Assemblers and linkers let names share their
//! tails, so nearly always the name of X's definition is the very bytes behind that prefix:
//! where a name lies says which it is, and it needn't be read. What isn't found so is looked
//! up by text. Either takes one pass over the symbols, and a hash table.

use crate::code::{Class, Until, check_function, check_memory};
use crate::error::{LoadError, Name, Unusable};
use crate::layout::Layout;
use crate::linked::ExportedSymbol;
use crate::object::Object;
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
#[inline(never)]
pub(crate) fn find<'data>(
    layout: &Layout<'data>,
    starts: &Starts,
) -> Result<Vec<ExportedSymbol<'data>>, LoadError> {
    let places = collected(0, layout.object().export_places())?;
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let sections = layout.sections().iter();
    let classes = collected(sections.len(), sections.map(|it| Class::of(layout, it)))?;
    let symbols = definitions(layout.object(), &places)?;
    let mut exports = with_room(places.len())?;
    for (&place, &symbol) in places.iter().zip(&symbols) {
        exports.try_push(exported(layout, starts, &classes, place, symbol)?)?;
    }
    Ok(exports)
}

/// The export whose name lies at a place, and whose symbol this is.
#[inline(always)]
fn exported<'data>(
    layout: &Layout<'data>,
    starts: &Starts,
    classes: &[Class],
    place: u32,
    symbol: u32,
) -> Result<ExportedSymbol<'data>, LoadError> {
    let (name, hash) = layout.object().hashed_name(place);
    let symbol = layout.object().symbol_of_name(symbol as usize, name);
    let class = classes.get(usize::from(symbol.section.0));
    let is_function = match class.and_then(|class| class.is_function(&symbol)) {
        Some(is_function) => is_function,
        None => check(layout, &symbol).map_err(|why| LoadError::Export {
            name: Name::new(name),
            why,
        })?,
    };
    Ok(ExportedSymbol {
        name,
        hash,
        value: starts.value(&symbol),
        size: symbol.size,
        is_function,
    })
}

/// Whether an exported symbol is a function.
#[cold]
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

/// The symbols that define exported names, whose places in the string table these are.
#[inline(never)]
fn definitions(object: &Object<'_>, places: &[u32]) -> Result<Vec<u32>, LoadError> {
    let by_place = ByPlace::new(object, places)?;
    let mut symbols = filled(places.len(), 0u32)?;
    for (symbol, place) in object.name_places().enumerate() {
        if let Some(number) = by_place.find(places, place)
            && object.is_exportable(symbol)
        {
            prefer(object, &mut symbols[number], symbol);
        }
    }
    // A local symbol may be of another source file than the one that is meant.
    let is_sure = |&symbol: &u32| symbol != 0 && !object.is_local(symbol as usize);
    if !symbols.iter().all(is_sure) {
        by_text(object, places, &by_place, &mut symbols)?;
    }
    Ok(symbols)
}

/// Looks those definitions up by text that haven't been found, or are local.
#[cold]
fn by_text(
    object: &Object<'_>,
    places: &[u32],
    by_place: &ByPlace,
    symbols: &mut [u32],
) -> Result<(), LoadError> {
    let mut numbers = HashMap::new();
    for (number, &symbol) in symbols.iter().enumerate() {
        if symbol != 0 && !object.is_local(symbol as usize) {
            continue;
        }
        numbers.try_reserve(1).map_err(|_| LoadError::OutOfMemory)?;
        #[cfg_attr(
            not(test),
            expect(clippy::disallowed_methods, reason = "there is room")
        )]
        let before = numbers.insert(object.name_at(places[number]), number);
        if before.is_some() {
            return Err(twice(object, places[number]));
        }
    }
    for (symbol, place) in object.name_places().enumerate().skip(1) {
        let name = object.is_exportable(symbol).then(|| object.name_at(place));
        let Some(&number) = name.and_then(|name| numbers.get(name)) else {
            continue;
        };
        let other = by_place.find(places, place);
        if other.is_some_and(|other| other != number) {
            return Err(twice(object, place));
        }
        prefer(object, &mut symbols[number], symbol);
    }
    match symbols.iter().position(|&symbol| symbol == 0) {
        None => Ok(()),
        Some(number) => {
            let name = object.name_at(places[number]);
            Err(LoadError::ExportUndefined(Name::new(name)))
        }
    }
}

#[cold]
fn twice(object: &Object<'_>, place: u32) -> LoadError {
    LoadError::ExportedTwice(Name::new(object.name_at(place)))
}

/// Takes a symbol for the definition, unless that is known and the symbol is local.
fn prefer(object: &Object<'_>, known: &mut u32, symbol: usize) {
    if *known == 0 || !object.is_local(symbol) {
        *known = symbol as u32;
    }
}

/// The numbers of exports by the places of their names: open addressing, with at least two
/// buckets a name.
struct ByPlace {
    /// A number and one; 0 for none.
    buckets: Vec<u32>,
    /// How far a hash is moved to be a bucket's number.
    shift: u32,
}

impl ByPlace {
    fn new(object: &Object<'_>, places: &[u32]) -> Result<Self, LoadError> {
        let count = (2 * places.len()).next_power_of_two();
        let mut table = Self {
            buckets: filled(count, 0)?,
            shift: 32 - count.ilog2(),
        };
        for (number, &place) in (1..).zip(places) {
            match table.search(places, place) {
                Ok(_) => return Err(twice(object, place)),
                Err(free) => table.buckets[free] = number,
            }
        }
        Ok(table)
    }

    #[inline]
    fn find(&self, places: &[u32], place: u32) -> Option<usize> {
        self.search(places, place).ok()
    }

    /// The number for a place; else the bucket where it would be.
    #[inline]
    fn search(&self, places: &[u32], place: u32) -> Result<usize, usize> {
        let mut bucket = (place.wrapping_mul(0x9e37_79b1) >> self.shift) as usize;
        loop {
            let Some(&number) = self.buckets.get(bucket) else {
                bucket = 0;
                continue;
            };
            match (number as usize).checked_sub(1) {
                None => return Err(bucket),
                Some(number) if places[number] == place => return Ok(number),
                Some(_) => bucket += 1,
            }
        }
    }
}
