//! Where the parts of a module lie.
//!
//! ```text
//!  base   ► text │ PLT │ rodata │ GOT │ data │ bss │ init text, rodata, data
//!  handle ► per-CPU sections, one behind the other: the template of the statics
//! ```
//!
//! Each section that takes memory goes to a region by its flags and its name, in the
//! order of the file; what the file has no bytes for comes last in its region.

use crate::error::LoadError;
use crate::object::Object;
use crate::region::{Region, RegionKind, region_of};
use crate::s390x::{PAGE_SIZE, SLOT, STUB};
use crate::section::Section;
use alloc::vec::Vec;
use fallible::{TryPush, filled};

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

/// The layout of an object. Holds about a hundred bytes for each of its sections.
#[derive(Debug)]
pub struct Layout<'data> {
    object: Object<'data>,
    /// By index.
    sections: Vec<Section<'data>>,
    /// By section index.
    positions: Vec<Position>,
    regions: [Region; RegionKind::ALL.len()],
    got: (u64, u64),
    plt: (u64, u64),
    per_cpu: (u64, u64),
}

/// What no module's parts add up to: beyond it the sum itself is suspect. Below
/// it, the caller finds out whether it has the memory.
const LARGEST: u64 = 1 << 48;

impl<'data> Layout<'data> {
    /// Lays an object out, with so many GOT slots and PLT stubs; `sections` are all of its
    /// sections.
    ///
    /// # Errors
    /// If a section can be in no region, or all are too large together.
    pub(crate) fn new(
        object: &Object<'data>,
        sections: Vec<Section<'data>>,
        slots: u32,
        stubs: u32,
    ) -> Result<Self, LoadError> {
        let mut layout = Self {
            object: *object,
            sections,
            positions: filled(object.section_count(), Position::Nowhere)?,
            regions: RegionKind::ALL.map(|kind| Region {
                kind,
                offset: 0,
                size: 0,
            }),
            got: (0, u64::from(slots) * SLOT),
            plt: (0, u64::from(stubs) * STUB),
            per_cpu: (0, 1),
        };
        layout.place_regions()?;
        layout.place_per_cpu()?;
        Ok(layout)
    }

    fn place_regions(&mut self) -> Result<(), LoadError> {
        // By region; in it, what the file has bytes for comes first.
        let mut order = Vec::new();
        for section in &self.sections {
            if let Some(kind) = region_of(section)? {
                order.try_push((kind, !section.has_bytes(), section.index as u32))?;
            }
        }
        order.sort_unstable();
        let mut sections = order.into_iter().peekable();
        let mut end = 0u64;
        for (region, kind) in RegionKind::ALL.into_iter().enumerate() {
            let start = align_up(end, PAGE_SIZE)?;
            end = start;
            while let Some((.., index)) = sections.next_if(|&(its, ..)| its == kind) {
                let section = &self.sections[index as usize];
                let offset = align_up(end, section.align)?;
                self.positions[section.index] = Position::Image(offset);
                end = checked_end(offset, section.size)?;
            }
            if kind == RegionKind::Text {
                self.plt.0 = align_up(end, STUB)?;
                end = checked_end(self.plt.0, self.plt.1)?;
            }
            if kind == RegionKind::ReadOnly {
                self.got.0 = align_up(end, SLOT)?;
                end = checked_end(self.got.0, self.got.1)?;
            }
            let size = align_up(end, PAGE_SIZE)? - start;
            self.regions[region] = Region {
                kind,
                offset: start,
                size,
            };
        }
        Ok(())
    }

    fn place_per_cpu(&mut self) -> Result<(), LoadError> {
        let (size, align) = &mut self.per_cpu;
        for section in self.sections.iter().filter(|section| section.is_per_cpu()) {
            let offset = align_up(*size, section.align)?;
            self.positions[section.index] = Position::PerCpu(offset);
            *size = checked_end(offset, section.size)?;
            *align = section.align.max(*align);
        }
        Ok(())
    }

    /// What is laid out.
    pub fn object(&self) -> &Object<'data> {
        &self.object
    }

    /// A section by its index.
    ///
    /// # Panics
    /// If the object has no such section.
    pub fn section(&self, index: usize) -> &Section<'data> {
        &self.sections[index]
    }

    /// All sections, the null one included, in the order of the file.
    pub fn sections(&self) -> &[Section<'data>] {
        &self.sections
    }

    /// Bytes from the module's base to its end, a multiple of the page size; 0 for a
    /// module that has nothing but per-CPU data.
    pub fn size(&self) -> u64 {
        self.regions
            .last()
            .map_or(0, |region| region.offset + region.size)
    }

    /// Where a section lies, in bytes from the module's base; `None` for per-CPU
    /// data and for what takes no memory.
    pub fn offset_of(&self, section: usize) -> Option<u64> {
        match self.position(section) {
            Position::Image(offset) => Some(offset),
            _ => None,
        }
    }

    /// What init alone needs: bytes from the module's base, and their number, both
    /// multiples of the page size. It is the end of the module.
    pub fn init(&self) -> (u64, u64) {
        let first = self.regions.iter().find(|region| region.kind.is_init());
        let start = first.map_or(self.size(), |region| region.offset);
        (start, self.size() - start)
    }

    /// The regions, in the order of their addresses; one without sections has no bytes.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The region that an offset from the module's base lies in.
    pub fn region_at(&self, offset: u64) -> Option<&Region> {
        self.regions.iter().find(|region| region.contains(offset))
    }

    /// Bytes and alignment of the per-CPU template; 0 bytes for none.
    pub fn per_cpu(&self) -> (u64, u64) {
        self.per_cpu
    }

    /// Where a section lies, by its index; one that the file doesn't have lies nowhere.
    pub fn position(&self, section: usize) -> Position {
        let position = self.positions.get(section).copied();
        position.unwrap_or(Position::Nowhere)
    }

    /// The global offset table: bytes from the module's base to its first slot, and its
    /// bytes, eight a slot.
    pub fn got(&self) -> (u64, u64) {
        self.got
    }

    /// The procedure linkage table: bytes from the module's base to its first stub, and
    /// its bytes, eight a stub.
    pub fn plt(&self) -> (u64, u64) {
        self.plt
    }
}

fn align_up(value: u64, align: u64) -> Result<u64, LoadError> {
    match value.checked_next_multiple_of(align) {
        Some(aligned) => Ok(aligned),
        None => Err(LoadError::TooLarge { bytes: value }),
    }
}

fn checked_end(offset: u64, size: u64) -> Result<u64, LoadError> {
    let end = offset.saturating_add(size);
    if end > LARGEST {
        return Err(LoadError::TooLarge { bytes: end });
    }
    Ok(end)
}
