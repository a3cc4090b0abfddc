//! Linking: symbols to addresses, sections, slots and stubs to bytes.
//!
//! Order: sections are copied, symbols resolved (each once), slots and stubs
//! written, then every relocation is applied. A relocation into per-CPU data
//! goes into the template, so every CPU's copy gets it.
//!
//! ```text
//!  stub:  lgrl %r1, slot     c4 18 <halfwords to the slot>
//!         br   %r1           07 f1
//! ```

use crate::LoadError;
use crate::apply::Linker;
use crate::error::owned;
use crate::exports;
use crate::field::Field;
use crate::linked::{Linked, Slot};
use crate::names::ByPlace;
use crate::object::Object;
use crate::plan::{Plan, Position, SLOT, STUB};
use alloc::vec::Vec;
use object::elf::{SHN_ABS, SHN_UNDEF};

/// Finds the value of a symbol that the module doesn't define.
pub type Resolve<'a, 'data> = &'a mut dyn FnMut(&'data str) -> Option<u64>;

/// The name by which code means its own GOT, which no object defines.
const GOT_NAME: &str = "_GLOBAL_OFFSET_TABLE_";

/// Links `object` into `image`, which will be found at `base`, and the template
/// of its per-CPU data into `template`, whose handle is `per_cpu`.
///
/// Both buffers must be zeroed and as long as the plan says; on an error their
/// contents mean nothing.
pub fn link<'data>(
    object: &Object<'data>,
    plan: &Plan,
    base: u64,
    per_cpu: u64,
    resolve: Resolve<'_, 'data>,
    image: &mut [u8],
    template: &mut [u8],
) -> Result<Linked<'data>, LoadError> {
    let needed = plan.size().max(plan.per_cpu().0);
    if (image.len() as u64) < plan.size()
        || (template.len() as u64) < plan.per_cpu().0
        || base.checked_add(plan.size()).is_none()
    {
        return Err(LoadError::TooLarge { bytes: needed });
    }
    for section in object.sections() {
        let bytes = object.bytes(&section);
        match plan.position(section.index) {
            Position::Nowhere => {}
            Position::Image(offset) => copy(image, offset, bytes),
            Position::PerCpu(offset) => copy(template, offset, bytes),
        }
    }
    let exports = exports::find(object)?;
    let values = values(object, plan, base, per_cpu, resolve)?;
    let linker = Linker {
        object,
        plan,
        base,
        per_cpu,
        values: &values,
    };
    let slots = fill_slots(&linker, image)?;
    fill_stubs(&linker, image)?;
    linker.relocate(image, template)?;
    Linked::new(*object, base, per_cpu, plan, values, slots, exports)
}

fn copy(buffer: &mut [u8], offset: u64, bytes: &[u8]) {
    buffer[offset as usize..][..bytes.len()].copy_from_slice(bytes);
}

/// The value of every symbol, by index.
fn values<'data>(
    object: &Object<'data>,
    plan: &Plan,
    base: u64,
    per_cpu: u64,
    resolve: Resolve<'_, 'data>,
) -> Result<Vec<u64>, LoadError> {
    let mut values = Vec::new();
    values.try_reserve_exact(object.symbol_count().max(1))?;
    values.push(0);
    for index in 1..object.symbol_count() {
        let (section, value) = object.place_of(index);
        values.push(match section {
            SHN_UNDEF => {
                let symbol = object.symbol(index);
                if symbol.name == GOT_NAME {
                    base.wrapping_add(plan.got().0)
                } else if let Some(value) = resolve(symbol.name) {
                    value
                } else if symbol.is_weak() {
                    0
                } else {
                    return Err(LoadError::Unresolved(owned(symbol.name)));
                }
            }
            SHN_ABS => value,
            section => {
                let start = plan.position(section.0.into()).address(base, per_cpu);
                start.unwrap_or(0).wrapping_add(value)
            }
        });
    }
    Ok(values)
}

/// Writes the GOT, and tells what is in it, by slot number.
fn fill_slots<'data>(
    linker: &Linker<'_, 'data>,
    image: &mut [u8],
) -> Result<Vec<Slot<'data>>, LoadError> {
    let Linker { object, plan, .. } = *linker;
    let mut slots = Vec::new();
    let count = (plan.got().1 / SLOT) as usize;
    slots.try_reserve_exact(count)?;
    let empty = Slot {
        address: 0,
        name: "",
        value: 0,
    };
    slots.resize(count, empty);
    let mut names = None;
    for (number, target) in plan.slots() {
        let symbol = object.symbol(target.symbol as usize);
        let value = linker.values[symbol.index].wrapping_add_signed(target.offset);
        let offset = u64::from(number) * SLOT;
        copy(image, plan.got().0 + offset, &value.to_be_bytes());
        let mut name = symbol.name;
        if symbol.is_section() {
            let names = match &mut names {
                Some(names) => names,
                none => none.insert(ByPlace::new(object)?),
            };
            let place = symbol.value.wrapping_add_signed(target.offset);
            name = names.find(symbol.section, place).unwrap_or(name);
        }
        slots[number as usize] = Slot {
            address: linker.got().wrapping_add(offset),
            name,
            value,
        };
    }
    Ok(slots)
}

fn fill_stubs(linker: &Linker<'_, '_>, image: &mut [u8]) -> Result<(), LoadError> {
    let plan = linker.plan;
    for (number, symbol) in plan.stubs() {
        let offset = plan.plt().0 + u64::from(number) * STUB;
        let too_large = LoadError::TooLarge { bytes: plan.size() };
        let Some(slot) = plan.slot(symbol, 0, false) else {
            return Err(too_large);
        };
        let slot = plan.got().0 + u64::from(slot) * SLOT;
        let distance = i128::from(slot) - i128::from(offset);
        let mut stub = [0xc4, 0x18, 0, 0, 0, 0, 0x07, 0xf1];
        let written = Field::halfwords(32).write(&mut stub[2..6], distance);
        written.map_err(|_| too_large)?;
        copy(image, offset, &stub);
    }
    Ok(())
}
