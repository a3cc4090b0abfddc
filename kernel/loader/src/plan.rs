//! What a module needs, worked out before anything is allocated.
//!
//! Each section that takes memory goes to a region by its flags. Relocations are
//! read once to count what the loader adds: a GOT slot for each distinct target
//! and a PLT stub for each function that a call may not reach: one of another
//! object, or, if the call's field is short, any.
//!
//! A slot's target is a symbol, or a place in a section. The latter because LLVM
//! names a local variable's slot by the section's symbol and an offset:
//! `R_390_GOTENT .data..percpu+0xa` is the slot of the variable at offset 8, the
//! 2 being the field's distance from its instruction. By the letter of the ABI
//! the addend would count from the section's slot, and two variables of one
//! module would share it.

use crate::error::owned;
use crate::object::Object;
use crate::region::{Region, RegionKind, region_of};
use crate::relocation::{Method, Relocation, instruction_bias, method_of};
use crate::section::Section;
use crate::{LoadError, PAGE_SIZE, Place};
use alloc::vec::Vec;

/// Where a section lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// It takes no memory.
    Nowhere,
    /// Bytes from the module's base.
    Image(u64),
    /// Bytes from the start of the per-CPU template.
    PerCpu(u64),
}

impl Position {
    /// The address in a module at `base` whose per-CPU data has the handle
    /// `per_cpu`.
    pub fn address(self, base: u64, per_cpu: u64) -> Option<u64> {
        match self {
            Position::Nowhere => None,
            Position::Image(offset) => Some(base.wrapping_add(offset)),
            Position::PerCpu(offset) => Some(per_cpu.wrapping_add(offset)),
        }
    }
}

/// What a GOT slot is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    pub symbol: u32,
    /// For a section's symbol, the offset in the section; otherwise 0.
    pub offset: i64,
}

pub(crate) const NONE: u32 = u32::MAX;

/// The plan.
#[derive(Debug)]
pub struct Plan {
    pub(crate) positions: Vec<Position>,
    regions: [Region; RegionKind::ALL.len()],
    /// Slot of each symbol, or `NONE`.
    symbol_slots: Vec<u32>,
    /// Sorted; the slot numbers follow those of the symbols.
    section_slots: Vec<Target>,
    first_section_slot: u32,
    /// Stub of each symbol, or `NONE`.
    stubs: Vec<u32>,
    stub_count: u32,
    got: u64,
    plt: u64,
    per_cpu_size: u64,
    per_cpu_align: u64,
}

/// Bytes of a GOT slot.
pub(crate) const SLOT: u64 = 8;
/// Bytes of a PLT stub.
pub(crate) const STUB: u64 = 8;

/// What no module's parts add up to: beyond it the sum itself is suspect. Below
/// it, the caller finds out whether it has the memory.
const LARGEST: u64 = 1 << 48;

impl Plan {
    /// Plans an object.
    pub fn new(object: &Object<'_>) -> Result<Self, LoadError> {
        let mut plan = Self {
            positions: filled(object.section_count(), Position::Nowhere)?,
            regions: RegionKind::ALL.map(|kind| Region {
                kind,
                offset: 0,
                size: 0,
            }),
            symbol_slots: filled(object.symbol_count(), NONE)?,
            section_slots: Vec::new(),
            first_section_slot: 0,
            stubs: filled(object.symbol_count(), NONE)?,
            stub_count: 0,
            got: 0,
            plt: 0,
            per_cpu_size: 0,
            per_cpu_align: 1,
        };
        plan.count(object)?;
        plan.place_regions(object)?;
        plan.place_per_cpu(object)?;
        Ok(plan)
    }

    /// Reads every relocation once: checks it, and counts slots and stubs.
    fn count(&mut self, object: &Object<'_>) -> Result<(), LoadError> {
        for section in object.sections() {
            let Some((target, relocations)) = object.relocations(&section) else {
                continue;
            };
            for relocation in relocations {
                let method = check(object, &target, &relocation)?;
                let symbol = relocation.symbol as usize;
                let mut wants_slot = method.formula.needs_slot();
                let is_section = object.is_section_symbol(symbol);
                let far = object.is_undefined(symbol) || method.field.is_short() && !is_section;
                if method.formula.needs_stub() && far {
                    wants_slot = true;
                    if self.stubs[symbol] == NONE {
                        self.stubs[symbol] = self.stub_count;
                        self.stub_count += 1;
                    }
                }
                if !wants_slot {
                    continue;
                }
                if is_section {
                    self.section_slots.try_reserve(1)?;
                    self.section_slots.push(Target {
                        symbol: relocation.symbol,
                        offset: relocation
                            .addend
                            .wrapping_sub(instruction_bias(method.formula)),
                    });
                } else if self.symbol_slots[symbol] == NONE {
                    self.symbol_slots[symbol] = self.first_section_slot;
                    self.first_section_slot += 1;
                }
            }
        }
        self.section_slots.sort_unstable();
        self.section_slots.dedup();
        Ok(())
    }

    fn place_regions(&mut self, object: &Object<'_>) -> Result<(), LoadError> {
        let mut placed = Vec::new();
        for section in object.sections() {
            if let Some(kind) = region_of(&section)? {
                placed.try_reserve(1)?;
                placed.push((kind, section));
            }
        }
        let mut end = 0u64;
        for (index, kind) in RegionKind::ALL.into_iter().enumerate() {
            let start = align_up(end, PAGE_SIZE)?;
            end = start;
            // What the file has no bytes for comes last.
            for zeroed in [false, true] {
                let here = placed.iter().filter(|&&(its, _)| its == kind);
                for (_, section) in here.filter(|(_, section)| section.has_bytes() != zeroed) {
                    let offset = align_up(end, section.align)?;
                    self.positions[section.index] = Position::Image(offset);
                    end = checked_end(offset, section.size)?;
                }
            }
            if kind == RegionKind::Text {
                self.plt = align_up(end, STUB)?;
                end = checked_end(self.plt, self.plt_size())?;
            }
            if kind == RegionKind::ReadOnly {
                self.got = align_up(end, SLOT)?;
                end = checked_end(self.got, self.got_size())?;
            }
            let size = align_up(end, PAGE_SIZE)? - start;
            self.regions[index] = Region {
                kind,
                offset: start,
                size,
            };
        }
        Ok(())
    }

    fn place_per_cpu(&mut self, object: &Object<'_>) -> Result<(), LoadError> {
        for section in object.sections().filter(Section::is_per_cpu) {
            let offset = align_up(self.per_cpu_size, section.align)?;
            self.positions[section.index] = Position::PerCpu(offset);
            self.per_cpu_size = checked_end(offset, section.size)?;
            self.per_cpu_align = self.per_cpu_align.max(section.align);
        }
        Ok(())
    }

    /// Bytes from the module's base to its end, a multiple of the page size.
    pub fn size(&self) -> u64 {
        self.regions
            .last()
            .map_or(0, |region| region.offset + region.size)
    }

    /// Where a section lies, in bytes from the module's base; `None` for per-CPU
    /// data and for what takes no memory.
    pub fn offset_of(&self, section: usize) -> Option<u64> {
        match self.positions.get(section) {
            Some(&Position::Image(offset)) => Some(offset),
            _ => None,
        }
    }

    /// What init alone needs: bytes from the module's base, and their number. It is
    /// the end of the module.
    pub fn init(&self) -> (u64, u64) {
        let first = self.regions.iter().find(|region| region.kind.is_init());
        let start = first.map_or(self.size(), |region| region.offset);
        (start, self.size() - start)
    }

    /// The regions, in the order of their addresses.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// Bytes and alignment of the per-CPU template; 0 bytes for none.
    pub fn per_cpu(&self) -> (u64, u64) {
        (self.per_cpu_size, self.per_cpu_align)
    }

    /// Where a section lies, by its index.
    pub fn position(&self, section: usize) -> Position {
        self.positions
            .get(section)
            .copied()
            .unwrap_or(Position::Nowhere)
    }

    /// GOT: bytes from the module's base, and its size.
    pub fn got(&self) -> (u64, u64) {
        (self.got, self.got_size())
    }

    /// PLT: bytes from the module's base, and its size.
    pub fn plt(&self) -> (u64, u64) {
        (self.plt, self.plt_size())
    }

    fn got_size(&self) -> u64 {
        (u64::from(self.first_section_slot) + self.section_slots.len() as u64) * SLOT
    }

    fn plt_size(&self) -> u64 {
        u64::from(self.stub_count) * STUB
    }

    /// Number of the symbol's slot. `addend` is the relocation's less its bias.
    pub(crate) fn slot(&self, symbol: u32, addend: i64, is_section: bool) -> Option<u32> {
        if is_section {
            let target = Target {
                symbol,
                offset: addend,
            };
            let index = self.section_slots.binary_search(&target).ok()?;
            return Some(self.first_section_slot + index as u32);
        }
        let slot = self.symbol_slots[symbol as usize];
        (slot != NONE).then_some(slot)
    }

    /// Number of the symbol's stub.
    pub(crate) fn stub(&self, symbol: u32) -> Option<u32> {
        let stub = self.stubs[symbol as usize];
        (stub != NONE).then_some(stub)
    }

    /// All slots: number and target.
    pub(crate) fn slots(&self) -> impl Iterator<Item = (u32, Target)> {
        let symbols = self.symbol_slots.iter().zip(0..);
        let symbols = symbols.filter(|&(&slot, _)| slot != NONE);
        let symbols = symbols.map(|(&slot, symbol)| (slot, Target { symbol, offset: 0 }));
        let sections = self.section_slots.iter().zip(self.first_section_slot..);
        symbols.chain(sections.map(|(&target, slot)| (slot, target)))
    }

    /// All stubs: number and symbol.
    pub(crate) fn stubs(&self) -> impl Iterator<Item = (u32, u32)> {
        let stubs = self.stubs.iter().zip(0..);
        stubs.filter_map(|(&stub, symbol)| (stub != NONE).then_some((stub, symbol)))
    }
}

fn filled<T: Clone>(count: usize, value: T) -> Result<Vec<T>, LoadError> {
    let mut list = Vec::new();
    list.try_reserve_exact(count)?;
    list.resize(count, value);
    Ok(list)
}

fn align_up(value: u64, align: u64) -> Result<u64, LoadError> {
    let aligned = value.checked_next_multiple_of(align);
    aligned.ok_or(LoadError::TooLarge { bytes: value })
}

fn checked_end(offset: u64, size: u64) -> Result<u64, LoadError> {
    let end = offset.saturating_add(size);
    if end > LARGEST {
        return Err(LoadError::TooLarge { bytes: end });
    }
    Ok(end)
}

/// Checks a relocation against the section it applies to.
fn check(
    object: &Object<'_>,
    target: &Section<'_>,
    relocation: &Relocation,
) -> Result<Method, LoadError> {
    let place = || Place {
        section: owned(target.name),
        offset: relocation.offset,
    };
    let kind = relocation.kind;
    let method = method_of(kind).ok_or_else(|| LoadError::RelocationType {
        place: place(),
        kind,
    })?;
    let end = relocation.offset.checked_add(method.field.bytes() as u64);
    if end.is_none_or(|end| end > target.size) || !target.has_bytes() {
        return Err(LoadError::RelocationOutside {
            place: place(),
            kind,
            size: target.size,
        });
    }
    if relocation.symbol as usize >= object.symbol_count() {
        return Err(LoadError::RelocationSymbol {
            place: place(),
            symbol: relocation.symbol,
        });
    }
    Ok(method)
}
