//! An emulated machine under the tables: real memory that holds them, and CPUs that
//! translate by themselves and keep what they found.
//!
//! It is as unkind as the architecture allows: memory for a table comes full of valid
//! entries, a TLB entry stays until it is cleared, and an entry that a TLB may hold must
//! not be overwritten.
#![allow(dead_code, reason = "each test file uses a part of it")]

use page_table::{Machine, PAGE_SIZE, PageEntry, TABLE_SIZE, TableMemory};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

/// Real address of the first table.
pub const BASE: usize = 0x10_0000;

/// CPUs.
pub const CPUS: usize = 3;

/// Bits of entries, by the Principles of Operation: this file doesn't use the crate's
/// own idea of them.
const INVALID: u64 = 0x20;
const PAGE_INVALID: u64 = 0x400;
const PAGE_PROTECTED: u64 = 0x200;
const PAGE_NO_EXECUTE: u64 = 0x100;

/// Why an access is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exception {
    /// No translation: region, segment or page.
    Translation,
    /// A store to, or a fetch from, a page that doesn't allow it.
    Protection,
}

/// What a CPU wants of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Load,
    Store,
    Fetch,
}

#[derive(Default)]
struct State {
    /// Doublewords of real memory that tables are made of, from `BASE` on.
    memory: Vec<u64>,
    /// How many more tables there are.
    left: usize,
    /// What tables were made of.
    tables: Vec<Range<usize>>,
    /// Region and segment tables, and all tables that something leads to.
    upper_tables: BTreeSet<usize>,
    linked: BTreeSet<usize>,
    /// The element that all CPUs run under, once they do.
    element: Option<u64>,
    /// Page entries that a CPU has found, by page: where they were, and what was in them.
    tlbs: [BTreeMap<usize, (usize, u64)>; CPUS],
    /// Entries of upper tables that a CPU has found, by place.
    upper: BTreeMap<usize, u64>,
}

/// What is run before each step of the machine, if anything.
pub type Step = Option<fn()>;

/// The machine; its clones are the same one.
#[derive(Clone, Default)]
pub struct Emulated {
    state: Rc<RefCell<State>>,
    /// Run before each step: what makes it take turns with the other CPUs.
    pub step: Rc<Cell<Step>>,
}

// What the scheduler switches between runs on one thread of the host.
// SAFETY: C5: shuttle runs one of its threads at a time, all on one thread of the host,
// and `state` isn't borrowed where it switches.
unsafe impl Send for Emulated {}
// SAFETY: C5: as for `Send`.
unsafe impl Sync for Emulated {}

impl Emulated {
    /// A machine with memory for so many tables.
    pub fn new(tables: usize) -> Self {
        let machine = Self::default();
        machine.state.borrow_mut().left = tables;
        machine
    }

    fn step(&self) {
        if let Some(step) = self.step.get() {
            step();
        }
    }

    /// Tables that memory is left for.
    pub fn tables_left(&self) -> usize {
        self.state.borrow().left
    }

    /// The memory that tables were made of.
    pub fn tables(&self) -> Vec<Range<usize>> {
        self.state.borrow().tables.clone()
    }

    /// First address behind it.
    pub fn tables_end(&self) -> usize {
        BASE + self.state.borrow().memory.len() * 8
    }

    /// From here on all CPUs translate by this element.
    pub fn activate(&self, element: u64) {
        let state = &mut *self.state.borrow_mut();
        state.element = Some(element);
        state.linked.insert((element & !0xfff) as usize);
    }

    /// Clears all TLBs, as a CPU may at any time.
    pub fn forget(&self, cpu: usize) {
        self.state.borrow_mut().tlbs[cpu].clear();
    }

    /// Real address of a byte, as the CPU has it, by its TLB or by the tables.
    pub fn access(&self, cpu: usize, address: usize, access: Access) -> Result<usize, Exception> {
        self.step();
        let state = &mut *self.state.borrow_mut();
        let page = address / PAGE_SIZE;
        let (_, entry) = match state.tlbs[cpu].get(&page) {
            Some(&found) => found,
            None => {
                let found = state.look_up(address).ok_or(Exception::Translation)?;
                state.tlbs[cpu].insert(page, found);
                found
            }
        };
        let refused = match access {
            Access::Load => 0,
            Access::Store => PAGE_PROTECTED,
            Access::Fetch => PAGE_NO_EXECUTE,
        };
        if entry & refused != 0 {
            return Err(Exception::Protection);
        }
        Ok((entry & !0xfff) as usize + address % PAGE_SIZE)
    }

    /// Whether the CPU may store to an address, and whether it may fetch from there, at
    /// one moment.
    pub fn allowed(&self, cpu: usize, address: usize) -> (bool, bool) {
        self.step();
        let step = self.step.take();
        let may = |access| self.access(cpu, address, access).is_ok();
        let allowed = (may(Access::Store), may(Access::Fetch));
        self.step.set(step);
        allowed
    }

    /// Reads a doubleword of a table, if there is one.
    pub fn doubleword(&self, address: usize) -> Option<u64> {
        let index = address.checked_sub(BASE)? / 8;
        self.state.borrow().memory.get(index).copied()
    }
}

impl State {
    /// The doubleword at a real address.
    fn at(&mut self, address: usize) -> &mut u64 {
        &mut self.memory[(address - BASE) / 8]
    }

    /// Place and contents of the valid page entry of an address, as the architecture
    /// finds it.
    fn look_up(&mut self, address: usize) -> Option<(usize, u64)> {
        let element = self.element.expect("no element is loaded");
        // A region-second table of full length: bits 11-21 select; 0-10 must be 0.
        assert_eq!(element & 0xf, 0b1011, "designation type and length");
        if address >> 53 != 0 {
            return None;
        }
        let mut table = (element & !0xfff) as usize;
        for (type_, shift) in [(2, 42), (1, 31), (0, 20)] {
            let place = table + (address >> shift & 0x7ff) * 8;
            let entry = *self.at(place);
            if entry & INVALID != 0 {
                return None;
            }
            assert_eq!(entry >> 2 & 3, type_, "translation-specification exception");
            if type_ != 0 {
                assert_eq!(entry & 3, 3, "a table that isn't of full length");
            }
            self.upper.insert(place, entry);
            table = (entry & if type_ == 0 { !0x7ff } else { !0xfff }) as usize;
        }
        let place = table + (address >> 12 & 0xff) * 8;
        let entry = *self.at(place);
        (entry & PAGE_INVALID == 0).then_some((place, entry))
    }
}

impl Emulated {
    fn invalidate(&self, page_table: usize, address: usize, cpus: Range<usize>) {
        self.step();
        let place = page_table + (address >> 12 & 0xff) * 8;
        *self.state.borrow_mut().at(place) |= PAGE_INVALID;
        // One CPU after another, and whatever they do meanwhile.
        for cpu in cpus {
            self.step();
            self.state.borrow_mut().tlbs[cpu].retain(|_, found| found.0 != place);
        }
    }
}

impl Machine for Emulated {
    fn read(&self, table: usize, index: usize) -> u64 {
        self.step();
        *self.state.borrow_mut().at(table + index * 8)
    }

    fn fill(&mut self, table: usize, index: usize, entry: u64) {
        let in_use = {
            let state = self.state.borrow();
            state.element.is_some() && state.linked.contains(&table)
        };
        assert!(!in_use, "a table in use is filled");
        self.write(table, index, entry);
    }

    fn write(&mut self, table: usize, index: usize, entry: u64) {
        // Nobody sees what goes on in a table that nothing leads to.
        if self.state.borrow().linked.contains(&table) {
            self.step();
        }
        let state = &mut *self.state.borrow_mut();
        if state.upper_tables.contains(&table) && entry & INVALID == 0 {
            state.linked.insert((entry & !0x7ff) as usize);
        }
        let place = table + index * 8;
        let old = std::mem::replace(state.at(place), entry);
        if old != entry {
            assert!(
                !state.upper.contains_key(&place),
                "a table in use is replaced"
            );
            let held = |tlb: &BTreeMap<usize, (usize, u64)>| tlb.values().any(|at| at.0 == place);
            let is_invalid = entry & PAGE_INVALID != 0 && old & PAGE_INVALID != 0;
            assert!(
                is_invalid || !state.tlbs.iter().any(held),
                "an entry in a TLB is overwritten"
            );
        }
    }

    fn invalidate_page(&mut self, page_table: usize, address: usize) {
        self.invalidate(page_table, address, 0..CPUS);
    }

    fn invalidate_page_here(&mut self, page_table: usize, address: usize) {
        // The tables are changed by the first CPU.
        self.invalidate(page_table, address, 0..1);
    }

    fn replace(&mut self, page_table: usize, index: usize, old: u64, new: u64) {
        self.step();
        let valid = |entry: u64| entry & PAGE_INVALID == 0;
        assert!(valid(old) && valid(new), "{old:#x}, {new:#x}");
        assert_eq!(old & !0xfff, new & !0xfff, "another frame");
        let place = page_table + index * 8;
        {
            let entry = &mut *self.state.borrow_mut();
            let entry = entry.at(place);
            assert_eq!(*entry, old, "somebody else has changed it");
            *entry = new;
        }
        for cpu in 0..CPUS {
            self.step();
            self.state.borrow_mut().tlbs[cpu].retain(|_, found| found.0 != place);
        }
    }

    fn flush(&mut self, element: u64) {
        assert_eq!(Some(element), self.state.borrow().element);
        for cpu in 0..CPUS {
            self.step();
            self.state.borrow_mut().tlbs[cpu].clear();
        }
    }
}

impl TableMemory for Emulated {
    fn table(&mut self, bytes: usize) -> Option<usize> {
        let state = &mut *self.state.borrow_mut();
        state.left = state.left.checked_sub(1)?;
        let table = (BASE + state.memory.len() * 8).next_multiple_of(bytes);
        if bytes == TABLE_SIZE {
            state.upper_tables.insert(table);
        }
        state.tables.push(table..table + bytes);
        // What was there before looks like entries that lead somewhere.
        let junk = PageEntry::new().with_frame(0xbad).into_bits() | 0b1011;
        state.memory.resize((table + bytes - BASE) / 8, junk);
        Some(table)
    }
}
