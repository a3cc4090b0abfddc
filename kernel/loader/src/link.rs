//! Linking: symbols to addresses; sections, slots and stubs to bytes.
//!
//! Order: sections are copied, symbols resolved (each once), slots and stubs
//! written, then every relocation is applied. A relocation into per-CPU data
//! goes into the template, so every CPU's copy gets it.

use crate::apply::Addresses;
use crate::bindings::Bindings;
use crate::bound::{Bound, Kind};
use crate::error::{LoadError, Name};
use crate::exports::{self, Exports};
use crate::layout::Position;
use crate::linked::Linked;
use crate::plan::Plan;
use crate::s390x::{Howto, INSTRUCTION, SLOT, STUB, stub};
use crate::starts::{Start, Starts};
use alloc::vec::Vec;
use fallible::{TryPush, copied};
use object::elf::{R_390_PLT32DBL, SHN_ABS};

/// Finds the value of a symbol that the module doesn't define, by its name and that one's
/// [hash](crate::name_hash()): an address, or a handle of per-CPU data. Called once for each such
/// symbol.
pub type Resolve<'a, 'data> = &'a mut dyn FnMut(&'data str, u32) -> Option<u64>;

/// The name by which code means its own GOT, which no object defines.
const GOT_NAME: &str = "_GLOBAL_OFFSET_TABLE_";

/// Links what is planned into `image`, which will be found at `base`, and the template
/// of its per-CPU data into `template`, whose handle is `per_cpu`.
///
/// Both buffers must be zeroed and as long as the layout says. What is asked of a module as
/// long as it is loaded comes apart from what is only shown of it.
///
/// # Errors
/// If a buffer is too short, a symbol is unknown, an export is wrong, or a relocation's
/// value doesn't fit its field. The buffers' contents mean nothing then.
pub fn link<'data>(
    plan: &Plan<'data>,
    base: u64,
    per_cpu: u64,
    resolve: Resolve<'_, 'data>,
    image: &mut [u8],
    template: &mut [u8],
) -> Result<(Linked<'data>, Bindings<'data>), LoadError> {
    let layout = plan.layout();
    if (image.len() as u64) < layout.size()
        || (template.len() as u64) < layout.per_cpu().0
        || base.checked_add(layout.size()).is_none()
    {
        let bytes = layout.size().max(layout.per_cpu().0);
        return Err(LoadError::TooLarge { bytes });
    }
    for section in layout.sections() {
        match layout.position(section.index) {
            Position::Nowhere => {}
            Position::Image(offset) => copy(image, offset, section.bytes),
            Position::PerCpu(offset) => copy(template, offset, section.bytes),
        }
    }
    let starts = Starts::new(layout, base, per_cpu)?;
    let Exports {
        mut symbols_exported,
        offers,
        passed_on,
    } = exports::find(layout, &starts)?;
    let (mut symbols, some_nowhere) = values(plan, base, &starts, resolve)?;
    for (number, symbol) in passed_on {
        symbols_exported[number as usize].value = symbols[symbol as usize].value;
    }
    fill_stubs(plan, base, image, &mut symbols)?;
    let addresses = Addresses::new(plan, base, per_cpu, &symbols);
    fill_slots(&addresses, image);
    if some_nowhere {
        addresses.check_symbols()?;
    }
    addresses.relocate(image, template)?;
    let variables = variable_slots(&addresses)?;
    let got = addresses.got;
    let bindings = Bindings::new(plan, base, per_cpu, symbols);
    let linked = Linked::new(
        plan.object(),
        got,
        starts,
        variables,
        (symbols_exported, offers),
    );
    Ok((linked, bindings))
}

fn copy(buffer: &mut [u8], offset: u64, bytes: &[u8]) {
    buffer[offset as usize..][..bytes.len()].copy_from_slice(bytes);
}

/// The table of symbols with their values, and whether one of them takes no memory. Not
/// inlined: nearly all symbols need a few instructions of its loop.
#[inline(never)]
fn values<'data>(
    plan: &Plan<'data>,
    base: u64,
    starts: &Starts,
    resolve: Resolve<'_, 'data>,
) -> Result<(Vec<Bound>, bool), LoadError> {
    let mut symbols = copied(plan.symbols())?;
    let mut some_nowhere = false;
    for (index, (symbol, place)) in (0..).zip(symbols.iter_mut().zip(plan.object().places())) {
        match starts.of(place.section) {
            Start::At(start) => symbol.value = start.wrapping_add(place.value),
            Start::Nowhere => {
                // It counts from 0, as in the file.
                symbol.value = place.value;
                symbol.kind = Kind::Nowhere;
                some_nowhere = true;
            }
            Start::None if place.section == SHN_ABS => symbol.value = place.value,
            Start::None if index == 0 => {}
            Start::None => symbol.value = undefined(plan, base, index, resolve)?,
        }
    }
    Ok((symbols, some_nowhere))
}

/// The value of a symbol that another object must define. Not inlined: few symbols need it, and
/// it needs registers.
#[inline(never)]
fn undefined<'data>(
    plan: &Plan<'data>,
    base: u64,
    index: usize,
    resolve: Resolve<'_, 'data>,
) -> Result<u64, LoadError> {
    let object = plan.object();
    let (name, hash) = object.hashed_name(object.name_place(index));
    if name == GOT_NAME {
        return Ok(base.wrapping_add(plan.layout().got().0));
    }
    match resolve(name, hash) {
        Some(value) => Ok(value),
        None if object.symbol(index).is_weak() => Ok(0),
        None => Err(LoadError::Unresolved(Name::new(name))),
    }
}

/// Writes the PLT, and finds the symbols that are so far that long calls needn't try them first.
fn fill_stubs(
    plan: &Plan<'_>,
    base: u64,
    image: &mut [u8],
    symbols: &mut [Bound],
) -> Result<(), LoadError> {
    let (got, _) = plan.layout().got();
    let (start, bytes) = plan.layout().plt();
    let (least, _) = Howto::known(R_390_PLT32DBL).field.range();
    let stubs = &mut image[start as usize..][..bytes as usize];
    let (stubs, _) = stubs.as_chunks_mut();
    for (offset, (code, &slot)) in (start..)
        .step_by(STUB as usize)
        .zip(stubs.iter_mut().zip(plan.stubs()))
    {
        let distance = got + u64::from(slot) * SLOT - offset;
        // Text so long that its end doesn't reach the slots behind it.
        *code = stub(distance.cast_signed()).map_err(|_| LoadError::TooLarge {
            bytes: plan.layout().size(),
        })?;
        let symbol = &mut symbols[plan.slots()[slot as usize].symbol as usize];
        let detour = base.wrapping_add(offset).wrapping_sub(symbol.value);
        // Whoever reaches the stub is at most half as far from it as the symbol. An odd symbol
        // is an error that a stub would only hide, and so is a long call's of a place in the
        // module: its stub is for short ones.
        let is_far = detour.cast_signed().unsigned_abs() > 2 * least.unsigned_abs();
        if is_far && symbol.kind == Kind::Far && detour.is_multiple_of(INSTRUCTION) {
            symbol.detour = detour;
        }
    }
    Ok(())
}

/// Writes the GOT.
fn fill_slots(addresses: &Addresses<'_, '_>, image: &mut [u8]) {
    let plan = addresses.plan;
    let (start, bytes) = plan.layout().got();
    let got = &mut image[start as usize..][..bytes as usize];
    let (slots, _) = got.as_chunks_mut::<{ SLOT as usize }>();
    for (slot, target) in slots.iter_mut().zip(plan.slots()) {
        *slot = addresses.target(target).to_be_bytes();
    }
}

/// What slots hold of the module's per-CPU data, and their numbers; sorted.
fn variable_slots(addresses: &Addresses<'_, '_>) -> Result<Vec<(u64, u32)>, LoadError> {
    let plan = addresses.plan;
    let mut slots = Vec::new();
    let (bytes, _) = plan.layout().per_cpu();
    if bytes == 0 {
        return Ok(slots);
    }
    for (number, target) in (0..).zip(plan.slots()) {
        let value = addresses.target(target);
        if value.wrapping_sub(addresses.per_cpu) < bytes {
            slots.try_push((value, number))?;
        }
    }
    slots.sort_unstable();
    Ok(slots)
}
