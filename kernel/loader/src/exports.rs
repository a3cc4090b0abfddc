//! What a module exports: each name once, with the symbol that defines it.
//!
//! `X` is exported by a symbol `__ksymtab_X`. Assemblers and linkers let names share their
//! tails, so nearly always the name of X's definition is the very bytes behind that prefix:
//! where a name lies says which it is, and it needn't be read: one pass over the symbols, and
//! a table by place. What isn't found so is looked up by text, in a hash table.
//!
//! A symbol `__crc_X` in a section `__kcrctab` stands at the CRC of X's declaration, four bytes,
//! by which objects compiled for Linux know it. What has one may be another object's: a provider
//! vouches for it.

use crate::code::{Class, Until, check_function, check_memory};
use crate::error::{LoadError, Name, Unusable};
use crate::layout::Layout;
use crate::linked::{ExportedSymbol, Offer};
use crate::object::Object;
use crate::starts::Starts;
use alloc::vec::Vec;
use fallible::{TryPush, collected, filled, with_room};
use hashbrown::HashMap;
use object::elf::STT_FUNC;

/// Bytes of the string table that have at most one place of an export's name.
const CELL: u32 = 8;

/// What an object exports.
pub(crate) struct Exports<'data> {
    /// In the order of the file; what others define has no value yet.
    pub symbols_exported: Vec<ExportedSymbol<'data>>,
    /// Of each of them; none if none has a CRC.
    pub offers: Vec<Offer>,
    /// The numbers of those that others define, with the symbols that name them.
    pub passed_on: Vec<(u32, u32)>,
}

/// Finds what an object exports.
///
/// # Errors
/// If a name is exported twice, not defined, or of what others can't use for as long as
/// the module is loaded.
#[inline(never)]
pub(crate) fn find<'data>(
    layout: &Layout<'data>,
    starts: &Starts,
) -> Result<Exports<'data>, LoadError> {
    let object = layout.object();
    let places = places(object)?;
    if places.is_empty() {
        return Ok(Exports {
            symbols_exported: Vec::new(),
            offers: Vec::new(),
            passed_on: Vec::new(),
        });
    }
    let sections = layout.sections().iter();
    let classes = collected(sections.len(), sections.map(|it| Class::of(layout, it)))?;
    let mut exports = named(object, &places)?;
    let mut offers = offers(object, &exports)?;
    let symbols = definitions(object, &places, &offers)?;
    let passed_on = passed_on(object, &symbols, &mut offers)?;
    if passed_on.is_empty() {
        describe_all(&mut exports, layout, starts, &classes, &symbols)?;
    } else {
        describe_own(&mut exports, layout, starts, &classes, (&symbols, &offers))?;
    }
    Ok(Exports {
        symbols_exported: exports,
        offers,
        passed_on,
    })
}

/// The CRCs of exports, in an object that has some.
fn offers<'data>(
    object: &Object<'data>,
    exports: &[ExportedSymbol<'data>],
) -> Result<Vec<Offer>, LoadError> {
    let mut crcs = object.export_crcs().peekable();
    if crcs.peek().is_none() {
        return Ok(Vec::new());
    }
    let mut offers = filled(exports.len(), Offer::default())?;
    let mut numbers = HashMap::new();
    for (number, export) in exports.iter().enumerate() {
        numbers.try_reserve(1).map_err(|_| LoadError::OutOfMemory)?;
        #[cfg_attr(
            not(test),
            expect(clippy::disallowed_methods, reason = "there is room")
        )]
        numbers.insert(export.name, number);
    }
    for (name, crc) in crcs {
        if let Some(&number) = numbers.get(name) {
            offers[number].crc = Some(crc);
        }
    }
    Ok(offers)
}

/// The exports that others define, which have a CRC.
fn passed_on(
    object: &Object<'_>,
    symbols: &[u32],
    offers: &mut [Offer],
) -> Result<Vec<(u32, u32)>, LoadError> {
    let mut passed_on = Vec::new();
    for (number, (offer, &symbol)) in (0..).zip(offers.iter_mut().zip(symbols)) {
        if object.is_undefined(symbol as usize) {
            offer.is_passed_on = true;
            passed_on.try_push((number, symbol))?;
        }
    }
    Ok(passed_on)
}

/// Where the names of exports begin. Not inlined, nor are the next three: loops of their own have
/// registers for all that they need.
#[inline(never)]
fn places(object: &Object<'_>) -> Result<Vec<u32>, LoadError> {
    Ok(collected(0, object.export_places())?)
}

/// The exports whose names lie at these places, and nothing but their names.
#[inline(never)]
fn named<'data>(
    object: &Object<'data>,
    places: &[u32],
) -> Result<Vec<ExportedSymbol<'data>>, LoadError> {
    let mut exports = with_room(places.len())?;
    for &place in places {
        let (name, hash) = object.hashed_name(place);
        exports.try_push(ExportedSymbol {
            name,
            hash,
            value: 0,
            size: 0,
            is_function: false,
        })?;
    }
    Ok(exports)
}

/// Enters what the symbols of exports are.
#[inline(never)]
fn describe_all(
    exports: &mut [ExportedSymbol<'_>],
    layout: &Layout<'_>,
    starts: &Starts,
    classes: &[Class],
    symbols: &[u32],
) -> Result<(), LoadError> {
    let mut all = exports.iter_mut().zip(symbols);
    all.try_for_each(|(export, &symbol)| describe(export, layout, starts, classes, symbol as usize))
}

/// The same where others define some.
#[cold]
fn describe_own(
    exports: &mut [ExportedSymbol<'_>],
    layout: &Layout<'_>,
    starts: &Starts,
    classes: &[Class],
    (symbols, offers): (&[u32], &[Offer]),
) -> Result<(), LoadError> {
    let all = exports.iter_mut().zip(symbols).zip(offers);
    let mut own = all.filter(|(_, offer)| !offer.is_passed_on);
    own.try_for_each(|((export, &symbol), _)| {
        describe(export, layout, starts, classes, symbol as usize)
    })
}

/// Enters what the symbol of an export is.
#[inline(always)]
fn describe(
    export: &mut ExportedSymbol<'_>,
    layout: &Layout<'_>,
    starts: &Starts,
    classes: &[Class],
    symbol: usize,
) -> Result<(), LoadError> {
    let object = layout.object();
    let (section, value) = object.place_of(symbol);
    let class = classes.get(usize::from(section.0));
    let kind = object.kind_of(symbol);
    export.is_function = match class.and_then(|class| class.is_function(kind, value)) {
        Some(is_function) => is_function,
        None => check(layout, symbol).map_err(|why| LoadError::Export {
            name: Name::new(export.name),
            why,
        })?,
    };
    export.value = starts.value(section, value);
    export.size = object.size_of(symbol);
    Ok(())
}

/// Whether an exported symbol is a function.
#[cold]
fn check(layout: &Layout<'_>, symbol: usize) -> Result<bool, Unusable> {
    let symbol = &layout.object().symbol(symbol);
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

/// The symbols that define exported names, whose places in the string table these are; of those
/// with a CRC that nothing here defines, the undefined symbol.
#[inline(never)]
fn definitions(
    object: &Object<'_>,
    places: &[u32],
    offers: &[Offer],
) -> Result<Vec<u32>, LoadError> {
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
        by_text(object, places, &by_place, offers, &mut symbols)?;
    }
    Ok(symbols)
}

/// Looks those definitions up by text that haven't been found, or are local.
#[cold]
fn by_text(
    object: &Object<'_>,
    places: &[u32],
    by_place: &ByPlace,
    offers: &[Offer],
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
    for (number, symbol) in symbols.iter_mut().enumerate() {
        if *symbol == 0 {
            let name = object.name_at(places[number]);
            let others = object.named(name).find(|it| it.is_undefined());
            let has_crc = offers.get(number).is_some_and(|offer| offer.crc.is_some());
            let others = others.filter(|_| has_crc);
            let undefined = || LoadError::ExportUndefined(Name::new(name));
            *symbol = others.ok_or_else(undefined)?.index as u32;
        }
    }
    Ok(())
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

/// The numbers of exports by the places of their names.
///
/// ```text
///  string table   __ksymtab_X 0 __ksymtab_Y 0     places of X and Y: at least 9 bytes apart,
///  cells          |   0   |   1   |   0   | ...    so of eight bytes no two have one
/// ```
///
/// Each of these names has the prefix before it, and that overlaps itself by one byte.
struct ByPlace {
    /// The cell of the first place.
    first: u32,
    /// By eight bytes of the string table: the number of the export there, and one; 0 for none.
    cells: Vec<u32>,
}

impl ByPlace {
    fn new(object: &Object<'_>, places: &[u32]) -> Result<Self, LoadError> {
        let (least, most) = places.iter().fold((u32::MAX, 0), |(least, most), &place| {
            (least.min(place), most.max(place))
        });
        let first = least / CELL;
        let count = (most / CELL).saturating_sub(first) as usize + 1;
        let mut cells = filled(count, 0)?;
        for (number, &place) in (1..).zip(places) {
            let cell = &mut cells[(place / CELL - first) as usize];
            if *cell != 0 {
                return Err(twice(object, place));
            }
            *cell = number;
        }
        Ok(Self { first, cells })
    }

    /// The number of the export whose name is at a place.
    #[inline(always)]
    fn find(&self, places: &[u32], place: u32) -> Option<usize> {
        let cell = (place / CELL).wrapping_sub(self.first);
        let number = (*self.cells.get(cell as usize)? as usize).checked_sub(1)?;
        (places[number] == place).then_some(number)
    }
}
