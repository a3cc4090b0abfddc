//! The kernel's address space, in this machine's memory.
//!
//! The tables are the crate `page-table`'s. They lie in page frames and are never given
//! back; frames are reached through the identity map, so a table's address is its
//! frame's (M1). Once the space is in use the identity map has these pages read-only: entries
//! are written by STORE USING REAL ADDRESS alone, which goes around translation and its
//! protection (Principles of Operation, chapter 10).

use crate::cpu::{FACILITY_DAT_ENHANCEMENT_1, FACILITY_LOCAL_TLB_CLEARING, has_facility};
use crate::lowcore::Lowcore;
use core::arch::asm;
use core::mem::offset_of;
use core::ops::Range;
use page_table::{MapError, Mapping, NoTable, Protection, TableMemory};

/// The CPUs of this machine, and the memory that tables lie in.
#[derive(Debug)]
struct RealMachine {
    /// Whether the CPUs can clear a TLB entry of their own alone, and all CPUs' of an
    /// address space.
    has_flush: bool,
}

impl RealMachine {
    fn new() -> Self {
        let facilities = [FACILITY_DAT_ENHANCEMENT_1, FACILITY_LOCAL_TLB_CLEARING];
        Self {
            has_flush: facilities.into_iter().all(has_facility),
        }
    }
}

impl page_table::Machine for RealMachine {
    #[inline]
    fn read(&self, table: usize, index: usize) -> u64 {
        let entry = core::ptr::with_exposed_provenance::<u64>(table + index * 8);
        // SAFETY: M1: only an `AddressSpace` has this machine, and its tables are frames
        // of its own, identity-mapped; the index is below the table's entries.
        unsafe { entry.read_volatile() }
    }

    #[inline]
    fn write(&mut self, table: usize, index: usize, entry: u64) {
        // SAFETY: M1: as for `read`. What the entry leads to is the promise of who has
        // it written; an eight-byte store is seen whole by every CPU.
        unsafe {
            asm!(
                "sturg {entry}, {place}",
                entry = in(reg) entry,
                place = in(reg) table + index * 8,
                options(nostack, preserves_flags),
            );
        }
    }

    #[inline]
    fn fill(&mut self, table: usize, index: usize, entry: u64) {
        let place = core::ptr::with_exposed_provenance_mut::<u64>(table + index * 8);
        // SAFETY: M1: the table is a frame of the space's own that nobody looks into, and may
        // be written: it is made read-only behind this.
        unsafe { place.write_volatile(entry) }
    }

    #[inline]
    fn invalidate_page(&mut self, page_table: usize, address: usize) {
        // SAFETY: M3: sets the invalid bit of this entry, and clears its TLB entries on
        // every CPU before it ends.
        unsafe {
            asm!("ipte {}, {}", in(reg) page_table, in(reg) address, options(nostack));
        }
    }

    #[inline]
    fn invalidate_page_here(&mut self, page_table: usize, address: usize) {
        if !self.has_flush {
            return self.invalidate_page(page_table, address);
        }
        // SAFETY: M3: sets the invalid bit of this entry; the TLB entries that other CPUs
        // have from it are cleared by `flush`, before anything else becomes of the page.
        unsafe {
            asm!(
                "ipte {}, {}, %r0, 1", in(reg) page_table, in(reg) address,
                options(nostack),
            );
        }
    }

    fn replace(&mut self, table: usize, index: usize, old: u64, new: u64) {
        /// The part of the entry that COMPARE AND SWAP AND PURGE changes: its right half, in which
        /// all is that a protection says.
        const RIGHT_HALF: usize = 4;
        /// The bit of the system mask.
        const TRANSLATION: u8 = 0x04;
        /// Clear all TLB entries, on every CPU.
        const PURGE: usize = 1;
        assert!(
            old >> 32 == new >> 32,
            "another frame of {old:#x}: {new:#x}"
        );
        let word = table + index * 8 + RIGHT_HALF;
        // SAFETY: M3: the instruction for changing an entry in use; it swaps if the word is still
        // the old one, which nobody else changes. C1, C7: translation is off for it, as the table's
        // page is read-only; the code and lowcore lie where they do with it.
        unsafe {
            asm!(
                "lg {base}, {writable}(0)",
                "stnsm {scratch}({base}), {without_translation}",
                "csp %r0, {word}",
                "stosm {scratch}(0), {translation}",
                base = out(reg_addr) _,
                word = in(reg_addr) word | PURGE,
                inout("r0") old => _, in("r1") new,
                writable = const offset_of!(Lowcore, writable),
                scratch = const offset_of!(Lowcore, scratch),
                translation = const TRANSLATION,
                without_translation = const !TRANSLATION,
                options(nostack),
            );
        }
    }

    fn flush(&mut self, element: u64) {
        /// Clear by address-space-control element; invalidate nothing.
        const CLEAR_BY_ASCE: u64 = 0x800;
        if !self.has_flush {
            return;
        }
        // SAFETY: M3: clears TLB entries on every CPU, of which each is formed anew when it
        // is needed.
        unsafe {
            asm!(
                "idte %r0, {}, {}", in(reg) element, in(reg) CLEAR_BY_ASCE,
                options(nostack),
            );
        }
    }
}

/// The kernel's address space. There is one, behind the kernel's lock.
///
/// What changes it can take memory away from under anybody's references, so all that is
/// unsafe. Of the `memory` that is passed for tables all of these ask the same: it gives
/// frames of which nobody else knows, in the identity map (M1).
#[derive(Debug)]
pub struct AddressSpace(page_table::AddressSpace<RealMachine>);

impl AddressSpace {
    /// An address space that maps nothing.
    ///
    /// `execution_protection`: whether the CPUs know the no-execute bit.
    ///
    /// # Safety
    /// M1: of `memory`, what the type says.
    pub unsafe fn new(
        memory: &mut dyn TableMemory,
        execution_protection: bool,
    ) -> Result<Self, NoTable> {
        page_table::AddressSpace::new(RealMachine::new(), memory, execution_protection).map(Self)
    }

    /// From here on the pages that tables lie in are read-only: those of the tables that there
    /// are were mapped so, and those of new ones become so.
    ///
    /// # Safety
    /// No CPU uses this address space yet.
    pub unsafe fn seal(&mut self) {
        self.0.seal();
    }

    /// The address-space-control element for control register 1.
    pub fn element(&self) -> u64 {
        self.0.element()
    }

    /// Makes sure that the page table of `address` exists, so that mapping in its
    /// segment (1 MiB) can't fail for want of memory.
    ///
    /// # Safety
    /// M1: of `memory`, what the type says.
    pub unsafe fn prepare(
        &mut self,
        memory: &mut dyn TableMemory,
        address: usize,
    ) -> Result<(), MapError> {
        self.0.prepare(memory, address)
    }

    /// Maps the page at `address`, which isn't mapped, to the frame at `frame`.
    ///
    /// # Safety
    /// M1: the page and the frame are the caller's; of `memory`, what the type says.
    /// M2: if it may be executed, no other mapping of the frame is writable while
    /// anything runs there.
    pub unsafe fn map(
        &mut self,
        memory: &mut dyn TableMemory,
        address: usize,
        frame: usize,
        protection: Protection,
    ) -> Result<(), MapError> {
        self.0.map(memory, address, frame, protection)
    }

    /// Maps `[start, end)` to itself, in place of whatever was.
    ///
    /// # Safety
    /// No CPU uses this address space yet. M1: of `memory`, what the type says. M2: as
    /// for [`map`](Self::map).
    pub unsafe fn map_identity(
        &mut self,
        memory: &mut dyn TableMemory,
        range: (usize, usize),
        protection: Protection,
    ) -> Result<(), MapError> {
        self.0.map_identity(memory, range, protection)
    }

    /// Changes what a mapped page allows, on every CPU; `false` if it isn't mapped. For
    /// a moment it isn't mapped while it changes.
    ///
    /// # Safety
    /// M1: the page is the caller's, and no CPU uses it meanwhile. M2: as for
    /// [`map`](Self::map).
    pub unsafe fn protect(&mut self, address: usize, protection: Protection) -> bool {
        self.0.protect(address, protection)
    }

    /// Changes whether a mapped page may be written, while CPUs use it; `false` if it isn't mapped.
    ///
    /// # Safety
    /// M1: the page is the caller's. M2: it isn't executable.
    pub unsafe fn protect_in_use(&mut self, address: usize, protection: Protection) -> bool {
        self.0.protect_in_use(address, protection)
    }

    /// Unmaps the page at `address`, on every CPU (M3); returns what it was mapped to.
    ///
    /// # Safety
    /// M1: the page is the caller's, who has no more use for it.
    pub unsafe fn unmap(&mut self, address: usize) -> Option<Mapping> {
        self.0.unmap(address)
    }

    /// Unmaps those of the pages that are mapped, on every CPU (M3), and says what each was
    /// mapped to: as long as this hasn't returned, CPUs may still reach it.
    ///
    /// # Safety
    /// M1: the pages are the caller's, who has no more use for them.
    pub unsafe fn unmap_all(
        &mut self,
        ranges: impl Iterator<Item = Range<usize>>,
        unmapped: impl FnMut(Mapping),
    ) {
        self.0.unmap_all(ranges, unmapped);
    }

    /// What the page of `address` is mapped to.
    pub fn translate(&self, address: usize) -> Option<Mapping> {
        self.0.translate(address)
    }
}
