//! Every entry of the translation tables, beside the address map: what is mapped that the map
//! doesn't have, and what the map has and isn't mapped, or allows something else.
//!
//! ```text
//!  memory to itself   identity.rs, but for stacks' guard pages; tables are read-only
//!  per-CPU region     populated pages of chunks, in every unit
//!  vmalloc region     areas; in those of modules, each region as its kind has it
//!  lowcore's alias    page 0
//!  anything else      nothing
//! ```

use crate::memory::{Stack, heap, identity, sanity, vmalloc};
use crate::selftest::held::Held;
use crate::selftest::{NotPassed, failed};
use crate::{check, check_eq, cpus, machine, modules, percpu, println, selftest, smp};
use ::percpu::{PAGE_SIZE, Use};
use alloc::string::String;
use alloc::vec::Vec;
use arch::dat::{
    self, Mapping, PAGE_TABLE_ENTRIES, PageEntry, Protection, Reached, SEGMENT_SIZE, TABLE_SIZE,
    Table,
};
use arch::{cpu, fault_safe, lowcore};
use loader::RegionKind;

/// What the map says of pages. Lists are sorted.
struct Wanted {
    execution_protection: bool,
    memory_end: usize,
    per_cpu: Vec<usize>,
    vmalloc: Vec<(usize, Protection)>,
    guards: Vec<usize>,
    tables: Vec<usize>,
}

/// What was found.
#[derive(Debug, Default)]
struct Found {
    /// Pages that are mapped.
    mapped: usize,
    /// Frames of pages that aren't memory's own.
    frames: Vec<usize>,
    /// Pages of memory that aren't mapped, where the map has them.
    holes: usize,
}

impl Wanted {
    fn new(reached: &[Reached]) -> Result<Self, NotPassed> {
        let pages = |it: &Reached| {
            let bytes = match it.table {
                Table::Upper(_) => TABLE_SIZE,
                Table::Page => 1,
            };
            (it.origin / PAGE_SIZE * PAGE_SIZE..it.origin + bytes).step_by(PAGE_SIZE)
        };
        let mut tables: Vec<usize> = reached.iter().flat_map(pages).collect();
        tables.sort_unstable();
        tables.dedup();
        let mut guards: Vec<usize> = smp::guard_pages().collect();
        guards.extend(heap::guard_pages());
        guards.sort_unstable();
        Ok(Self {
            execution_protection: cpu::has_facility(cpu::FACILITY_EXECUTION_PROTECTION),
            memory_end: machine::memory_end(),
            per_cpu: per_cpu_pages(),
            vmalloc: vmalloc_pages()?,
            guards,
            tables,
        })
    }

    fn is_table(&self, page: usize) -> bool {
        self.tables.binary_search(&page).is_ok()
    }

    /// What a page allows; `None` if it isn't to be mapped.
    fn allows(&self, page: usize) -> Option<Protection> {
        if page < self.memory_end
            && let Some(protection) = self.identity(page)
        {
            return match () {
                () if self.is_table(page) => Some(Protection::ReadOnly),
                () if self.guards.binary_search(&page).is_ok() => None,
                () => Some(protection),
            };
        }
        if page == lowcore::ALIAS || self.per_cpu.binary_search(&page).is_ok() {
            return Some(Protection::ReadWrite);
        }
        let area = self.vmalloc.binary_search_by_key(&page, |area| area.0);
        area.ok().map(|index| self.vmalloc[index].1)
    }

    /// What the page of memory that is mapped to itself allows.
    fn identity(&self, page: usize) -> Option<Protection> {
        let mut parts = identity::ranges().iter().rev();
        let part = parts.find(|((start, end), _)| (*start..*end).contains(&page));
        part.map(|&(_, protection)| protection)
    }

    /// The entries of a segment of memory that is like most: all of it is mapped to itself and
    /// writable. The first; each is a page more than the one before.
    fn plain(&self, segment: usize) -> Option<u64> {
        let range = segment..segment + SEGMENT_SIZE;
        let outside = |start: usize, end: usize| end <= range.start || range.end <= start;
        let [odd @ .., last] = &[&self.guards, &self.tables][..] else {
            return None;
        };
        let has_none = |pages: &Vec<usize>| {
            let next = pages.partition_point(|&page| page < range.start);
            pages.get(next).is_none_or(|&page| page >= range.end)
        };
        let mut parts = identity::ranges().iter();
        let whole = parts.all(|&((start, end), protection)| {
            let covers = start <= range.start && range.end <= end;
            start == end || outside(start, end) || covers && protection == Protection::ReadWrite
        });
        let mapped = self.identity(range.start).is_some();
        let plain = mapped && whole && odd.iter().all(|pages| has_none(pages)) && has_none(last);
        plain.then(|| self.entry(segment, Protection::ReadWrite).into_bits())
    }

    fn entry(&self, frame: usize, protection: Protection) -> PageEntry {
        PageEntry::new()
            .with_frame((frame / PAGE_SIZE) as u64)
            .with_protected(!protection.is_writable())
            .with_no_execute(self.execution_protection && !protection.is_executable())
    }

    /// Compares one entry.
    fn compare(&self, page: usize, bits: u64, found: &mut Found) -> Result<(), String> {
        let mapping = PageEntry::from_bits(bits).mapping();
        let allows = self.allows(page);
        let own = page < self.memory_end && self.identity(page).is_some();
        let frame = match (mapping, allows) {
            (None, None) => return Ok(()),
            // A guard page, of a stack that isn't a CPU's; they are counted.
            (None, Some(Protection::ReadWrite)) if own => {
                found.holes += 1;
                return Ok(());
            }
            (Some(Mapping { frame, .. }), Some(_)) => frame,
            _ => {
                return Err(alloc::format!(
                    "{page:#x}: {mapping:x?}, and not {allows:?}"
                ));
            }
        };
        found.mapped += 1;
        let right = match page {
            _ if own => frame == page,
            lowcore::ALIAS => frame == 0,
            _ => {
                found.frames.push(frame);
                // Frames in use for nothing else.
                let memory = self.allows(frame) == Some(Protection::ReadWrite);
                memory && self.identity(frame).is_some() && frame >= arch::boot::image().data.1
                    || frame >= crate::memory::map::BOOT_PARAMETERS.1
                        && frame < arch::boot::image().text.0
            }
        };
        let wanted = allows.map(|protection| self.entry(frame, protection).into_bits());
        match right && wanted == Some(bits) {
            true => Ok(()),
            false => Err(alloc::format!(
                "{page:#x}: {bits:#x}, {mapping:x?}, and not {allows:?}"
            )),
        }
    }

    /// Compares the tables of addresses from `from` on.
    fn compare_all(&self, reached: &[Reached], from: usize) -> Result<Found, String> {
        let mut found = Found::default();
        let page_tables = reached.iter().filter(|it| it.table == Table::Page);
        for table in page_tables.filter(|it| it.address >= from) {
            let mut bytes = [0u8; PAGE_TABLE_ENTRIES * 8];
            fault_safe::read_bytes(table.origin, &mut bytes).map_err(|fault| {
                alloc::format!("the page table of {:#x}: {fault}", table.address)
            })?;
            let (entries, _) = bytes.as_chunks::<8>();
            let entries = entries.iter().map(|bytes| u64::from_be_bytes(*bytes));
            let pages = (table.address..).step_by(PAGE_SIZE);
            if let Some(first) = self.plain(table.address) {
                let all = (first..).step_by(PAGE_SIZE);
                if entries
                    .clone()
                    .zip(all)
                    .all(|(entry, wanted)| entry == wanted)
                {
                    found.mapped += PAGE_TABLE_ENTRIES;
                    continue;
                }
            }
            for (entry, page) in entries.zip(pages) {
                self.compare(page, entry, &mut found)?;
            }
        }
        Ok(found)
    }

    /// Pages that the map has, but for the guard pages of stacks that aren't a CPU's.
    fn count(&self) -> usize {
        let mut memory = 0;
        let mut page = 0;
        // By segments, most of which are plain.
        while page < self.memory_end {
            if page.is_multiple_of(SEGMENT_SIZE) && self.plain(page).is_some() {
                memory += PAGE_TABLE_ENTRIES;
                page += SEGMENT_SIZE;
                continue;
            }
            memory += usize::from(self.identity(page).is_some() && self.allows(page).is_some());
            page += PAGE_SIZE;
        }
        memory + 1 + self.per_cpu.len() + self.vmalloc.len()
    }
}

/// Pages of the per-CPU region that are populated.
fn per_cpu_pages() -> Vec<usize> {
    let unit = percpu::summary().sizes.unit_size;
    let (start, end) = percpu::first_chunk();
    let mut pages: Vec<usize> = match percpu::summary().embedded {
        true => Vec::new(),
        false => (start..end).step_by(PAGE_SIZE).collect(),
    };
    let mut from = 0;
    while let Some(part) = percpu::chunk_from(from) {
        from = part.number + 1;
        if part.chunk == 0 {
            continue;
        }
        for byte in (0..unit).step_by(PAGE_SIZE) {
            let piece = percpu::piece_from(part.number, byte);
            if piece.is_some_and(|piece| piece.used != Use::Unpopulated) {
                let copy = |cpu| (part.handle.0 + byte).wrapping_add(percpu::offset(cpu));
                pages.extend((0..cpus::possible()).map(copy));
            }
        }
    }
    pages.sort_unstable();
    pages
}

/// Pages of areas, and what they allow.
fn vmalloc_pages() -> Result<Vec<(usize, Protection)>, NotPassed> {
    let mut pages = Vec::new();
    let mut next = vmalloc::region().0;
    let ranges = modules::ranges().map_err(failed)?;
    while let Some((start, bytes)) = vmalloc::area_from(next) {
        next = start + bytes;
        let Some(module) = ranges.iter().find(|range| range.1 == start) else {
            let all = (start..next).step_by(PAGE_SIZE);
            pages.extend(all.map(|page| (page, Protection::ReadWrite)));
            continue;
        };
        let view = modules::view(module.0).map_err(failed)?;
        for region in view.layout().regions() {
            let protection = match region.kind {
                RegionKind::Text => Protection::ReadExecute,
                RegionKind::ReadOnly | RegionKind::ReadOnlyAfterInit => Protection::ReadOnly,
                RegionKind::Data => Protection::ReadWrite,
                RegionKind::InitText | RegionKind::InitReadOnly | RegionKind::InitData => continue,
            };
            let first = start + region.offset as usize;
            let all = (first..first + region.size as usize).step_by(PAGE_SIZE);
            pages.extend(all.map(|page| (page, protection)));
        }
    }
    pages.sort_unstable_by_key(|area| area.0);
    Ok(pages)
}

fn every_entry() -> Result<(), NotPassed> {
    // What is kept of areas is mapped no more.
    sanity::flush();
    let _held = Held::load(&["notes", "sections", "ctest_protection"])?;
    let mut area = vmalloc::Area::new(2 * PAGE_SIZE).map_err(failed)?;
    let held = percpu::alloc(32 * 1024, PAGE_SIZE).map_err(failed)?;
    // Lists of the test's own may need no tables.
    let reached: Vec<Reached> = dat::tables().collect();
    let wanted = Wanted::new(&reached)?;
    let found = wanted.compare_all(&reached, 0).map_err(failed);
    percpu::free(held).map_err(failed)?;
    let mut found = found?;
    println!(
        "# fault.every_entry: {} pages in {} tables are as the map says",
        found.mapped,
        reached.len()
    );
    let stacks = wanted.guards.len() + found.holes;
    check_eq!(stacks, Stack::live() + 1 + heap::guard_pages().len());
    check_eq!(found.mapped + found.holes, wanted.count());
    found.frames.sort_unstable();
    let twice = found.frames.windows(2).find(|pair| pair[0] == pair[1]);
    check!(twice.is_none(), "a frame of two pages: {twice:x?}");
    // Had one page allowed something else, it would have been seen.
    let start = vmalloc::region().0;
    area.protect(PAGE_SIZE, PAGE_SIZE, Protection::ReadOnly);
    let odd = wanted.compare_all(&reached, start).err();
    let page = alloc::format!("{:#x}: ", area.start() + PAGE_SIZE);
    let named = odd.as_ref().is_some_and(|text| text.starts_with(&page));
    check!(
        named,
        "{page}is read-only, and nothing is reported: {odd:?}"
    );
    Ok(())
}

selftest!("fault.every_entry", every_entry);
