//! Why a relocation is refused: the plan and linking stop at it, and ask here.

use crate::error::{LoadError, Name, Place};
use crate::object::Object;
use crate::relocation::Relocation;
use crate::s390x::{Howto, Target};
use crate::section::Section;

/// Why the plan refuses a relocation.
#[cold]
pub(crate) fn of(
    object: &Object<'_>,
    sections: &[Section<'_>],
    target: usize,
    entry: &Relocation,
) -> LoadError {
    let refusal = find(object, sections, target, entry);
    refusal.unwrap_or_else(|| unreachable!("{entry:?} was refused"))
}

/// What is wrong with a relocation, whatever its value comes to; `None` if nothing is.
#[cold]
pub(crate) fn find(
    object: &Object<'_>,
    sections: &[Section<'_>],
    target: usize,
    entry: &Relocation,
) -> Option<LoadError> {
    let target = &sections[target];
    let place = Place {
        section: Name::new(target.name),
        offset: entry.offset,
    };
    let Some(howto) = Howto::of(entry.r_type) else {
        return Some(LoadError::RelocationType {
            place,
            r_type: entry.r_type,
        });
    };
    let end = entry.offset.checked_add(howto.field.bytes() as u64);
    if end.is_none_or(|end| end > target.bytes.len() as u64) {
        return Some(LoadError::RelocationOutside {
            place,
            howto,
            size: target.size,
        });
    }
    if entry.symbol as usize >= object.symbol_count() {
        return Some(LoadError::RelocationSymbol {
            place,
            symbol: entry.symbol,
        });
    }
    if matches!(howto.target, Target::None | Target::Got) {
        return None;
    }
    // A symbol of a debug section has no address that could be written.
    let symbol = object.symbol(entry.symbol as usize);
    let section = &sections[symbol.section_index()?];
    let in_memory = section.is_allocated();
    (!in_memory).then(|| LoadError::NotInMemory {
        place,
        howto,
        symbol: Name::new(symbol.name),
        section: Name::new(section.name),
    })
}
