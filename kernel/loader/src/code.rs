//! Whether what a symbol or an address names can be called: the kernel jumps to nothing
//! that a module's file says without having asked this.
//!
//! Code is what lies in an executable section that the file has bytes for, at an even
//! address. Code of an init section is gone once init has returned, and only what is
//! called before that may lie there.

use crate::error::{Name, Unusable};
use crate::layout::{Layout, Position};
use crate::region::region_of;
use crate::s390x::INSTRUCTION;
use crate::section::{Section, SymbolEntry};
use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use fallible::TryPush;
use object::elf::{SHN_ABS, STT_FUNC, STT_NOTYPE, SymbolType};

/// How long what is asked for must stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// Init has returned.
    InitReturns,
    /// The module is unloaded.
    Unload,
}

/// Whether a symbol names memory of the module that is there for so long.
pub(crate) fn check_memory(
    layout: &Layout<'_>,
    symbol: &SymbolEntry<'_>,
    until: Until,
) -> Result<(), Unusable> {
    let Some(section) = symbol.section_index() else {
        return match symbol.section {
            SHN_ABS => Err(Unusable::Absolute),
            _ => Err(Unusable::Undefined),
        };
    };
    let section = layout.section(section);
    check_section(layout, section, until)?;
    match symbol.value > section.size {
        true => Err(Unusable::Outside(Name::new(section.name))),
        false => Ok(()),
    }
}

fn check_section(layout: &Layout<'_>, section: &Section<'_>, until: Until) -> Result<(), Unusable> {
    if stays(layout, section, until) {
        return Ok(());
    }
    let name = Name::new(section.name);
    match layout.position(section.index) {
        Position::Nowhere => Err(Unusable::NotLoaded(name)),
        Position::Image(_) | Position::PerCpu(_) => Err(Unusable::Init(name)),
    }
}

/// Whether a section is there for so long.
fn stays(layout: &Layout<'_>, section: &Section<'_>, until: Until) -> bool {
    match layout.position(section.index) {
        Position::Nowhere => false,
        Position::Image(_) => until == Until::InitReturns || !is_init(section),
        Position::PerCpu(_) => true,
    }
}

fn is_init(section: &Section<'_>) -> bool {
    matches!(region_of(section), Ok(Some(kind)) if kind.is_init())
}

/// Whether a symbol names a function of the module that is there for so long.
pub(crate) fn check_function(
    layout: &Layout<'_>,
    symbol: &SymbolEntry<'_>,
    until: Until,
) -> Result<(), Unusable> {
    // Assembly doesn't always say what a label is of.
    if !matches!(symbol.kind, STT_FUNC | STT_NOTYPE) {
        return Err(Unusable::NoFunction);
    }
    check_memory(layout, symbol, until)?;
    match symbol.section_index() {
        Some(section) => check_code(layout.section(section), symbol.value),
        None => Err(Unusable::Undefined),
    }
}

fn may_hold_code(section: &Section<'_>) -> bool {
    !section.is_per_cpu() && section.is_executable() && section.has_bytes()
}

/// Whether an instruction can begin so many bytes from a section's start.
fn check_code(section: &Section<'_>, offset: u64) -> Result<(), Unusable> {
    let name = || Name::new(section.name);
    if !may_hold_code(section) {
        return Err(Unusable::NoCode(name()));
    }
    if offset >= section.size {
        return Err(Unusable::Outside(name()));
    }
    if !offset.is_multiple_of(INSTRUCTION) || !section.align.is_multiple_of(INSTRUCTION) {
        return Err(Unusable::Odd);
    }
    Ok(())
}

/// What of a section there is for as long as the module is loaded: for whoever asks of many
/// symbols.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Class {
    /// Code, at even addresses.
    Code { bytes: u64 },
    /// Memory that is no code.
    Data { bytes: u64 },
    /// Nothing, or only until init has returned; or code at odd addresses.
    Other,
}

impl Class {
    /// Whether a symbol of such a section, of a type and so many bytes from its start, is a
    /// function, or else memory; `None` where that takes a closer look.
    #[inline(always)]
    pub fn is_function(self, kind: SymbolType, value: u64) -> Option<bool> {
        match (self, kind) {
            (Self::Code { bytes }, STT_FUNC | STT_NOTYPE) => {
                let is_code = value < bytes && value.is_multiple_of(INSTRUCTION);
                is_code.then_some(true)
            }
            (Self::Data { .. }, STT_FUNC) => None,
            (Self::Data { bytes }, _) => (value <= bytes).then_some(false),
            _ => None,
        }
    }

    pub fn of(layout: &Layout<'_>, section: &Section<'_>) -> Self {
        let bytes = section.size;
        if !stays(layout, section, Until::Unload) {
            return Self::Other;
        }
        if !may_hold_code(section) {
            return Self::Data { bytes };
        }
        match section.align.is_multiple_of(INSTRUCTION) {
            true => Self::Code { bytes },
            false => Self::Other,
        }
    }
}

/// The sections of a module's image by their addresses.
pub(crate) struct ByAddress<'a, 'data> {
    layout: &'a Layout<'data>,
    /// Bytes from the module's base, and the section's index; sorted.
    starts: Vec<(u64, u32)>,
}

impl<'a, 'data> ByAddress<'a, 'data> {
    /// Sorts the sections of a layout that have bytes in the image.
    pub fn new(layout: &'a Layout<'data>) -> Result<Self, TryReserveError> {
        let mut starts = Vec::new();
        for section in layout.sections().iter().filter(|it| it.size != 0) {
            if let Some(offset) = layout.offset_of(section.index) {
                starts.try_push((offset, section.index as u32))?;
            }
        }
        starts.sort_unstable();
        Ok(Self { layout, starts })
    }

    /// Whether code that is there for so long lies at so many bytes from the module's
    /// base.
    pub fn check_function(&self, offset: u64, until: Until) -> Result<(), Unusable> {
        let after = self.starts.partition_point(|&(start, _)| start <= offset);
        let &(start, index) = self.starts[..after].last().ok_or(Unusable::Undefined)?;
        let section = self.layout.section(index as usize);
        if offset - start >= section.size {
            return Err(Unusable::Undefined);
        }
        check_section(self.layout, section, until)?;
        check_code(section, offset - start)
    }
}
