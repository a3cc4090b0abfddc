//! An emulated machine under the allocator: pages that are mapped or not, with their
//! bytes, and a request that can be made to fail.
//!
//! A touch of a page that isn't mapped panics, as it would fault in the kernel. Addresses
//! are numbers here: no memory of the test depends on the allocator.
#![allow(dead_code, reason = "each test file uses a part of it")]

use parking_lot::Mutex;
use percpu::{Allocator, Backing, FirstChunk, MAGAZINE, OutOfMemory, PAGE_SIZE, SetupError, Sizes};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};

/// Possible CPUs of the tests.
pub const UNITS: usize = 3;
/// Link address of the template.
pub const TEMPLATE: usize = 0x15_0000;
/// Address of CPU 0's unit in the first chunk: above the largest units of all others.
pub const UNIT0: usize = 0x8000_0000;
/// Where the chunks after the first go.
const REGION: usize = 0x1_0000_0000;

/// Pages by number, with their bytes.
#[derive(Default)]
pub struct Machine {
    pages: Mutex<BTreeMap<usize, Vec<u8>>>,
    reserved: Mutex<BTreeMap<usize, usize>>,
    /// Requests until one fails; 0 for never.
    pub fail: AtomicU64,
    /// The running CPU.
    pub cpu: AtomicUsize,
}

impl Machine {
    fn fails(&self) -> bool {
        let fewer = |left: u64| Some(left.saturating_sub(1));
        let before = self
            .fail
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer);
        before == Ok(1)
    }

    /// Pages that are mapped, and chunks that have address space.
    pub fn count(&self) -> (usize, usize) {
        (self.pages.lock().len(), self.reserved.lock().len())
    }

    /// Maps pages to frames, which hold what somebody else left there.
    fn add(&self, address: usize, pages: usize) {
        for page in 0..pages {
            let junk = vec![0xdb; PAGE_SIZE];
            let before = self.pages.lock().insert(address / PAGE_SIZE + page, junk);
            assert_eq!(before, None, "page {page} at {address:#x} is mapped twice");
        }
    }

    /// Works on `size` bytes at `address`, piece by piece.
    fn touch(&self, address: usize, size: usize, mut work: impl FnMut(&mut [u8])) {
        let mut pages = self.pages.lock();
        let mut at = address;
        while at < address + size {
            let page = pages.get_mut(&(at / PAGE_SIZE));
            let page = page.unwrap_or_else(|| panic!("{at:#x} is not mapped"));
            let end = (address + size).min((at / PAGE_SIZE + 1) * PAGE_SIZE);
            work(&mut page[at % PAGE_SIZE..][..end - at]);
            at = end;
        }
    }

    /// What [`Backing::reserve`] asks for.
    pub fn reserve(&self, address: usize, size: usize) -> Result<(), OutOfMemory> {
        if self.fails() {
            return Err(OutOfMemory);
        }
        let before = self.reserved.lock().insert(address, size);
        assert_eq!(before, None, "{address:#x} is reserved twice");
        Ok(())
    }

    /// What [`Backing::release`] asks for.
    pub fn release(&self, address: usize, size: usize) {
        assert_eq!(self.reserved.lock().remove(&address), Some(size));
    }

    /// What [`Backing::map`] asks for.
    pub fn map(&self, address: usize, pages: usize) -> Result<(), OutOfMemory> {
        if self.fails() {
            return Err(OutOfMemory);
        }
        self.add(address, pages);
        Ok(())
    }

    /// What [`Backing::unmap`] asks for.
    pub fn unmap(&self, address: usize, pages: usize) {
        for page in 0..pages {
            let gone = self.pages.lock().remove(&(address / PAGE_SIZE + page));
            assert!(gone.is_some(), "page {page} at {address:#x} is not mapped");
        }
    }

    /// Stores a byte over and over.
    pub fn fill(&self, address: usize, size: usize, byte: u8) {
        self.touch(address, size, |bytes| bytes.fill(byte));
    }

    /// Whether all bytes are this one.
    pub fn holds(&self, address: usize, size: usize, byte: u8) -> bool {
        let mut all = true;
        self.touch(address, size, |bytes| {
            all &= bytes.iter().all(|&found| found == byte)
        });
        all
    }
}

// SAFETY: P7, P13: a mapped page has bytes of its own until it is unmapped, and `zero`
// stores into them.
unsafe impl Backing for &Machine {
    type PagesLock = parking_lot::RawMutex;
    type AreasLock = parking_lot::RawMutex;
    type MagazineLock = parking_lot::RawMutex;
    type Mark = AtomicU8;

    fn this_unit(&self) -> usize {
        self.cpu.load(Ordering::Relaxed)
    }

    fn reserve(&self, address: usize, size: usize) -> Result<(), OutOfMemory> {
        Machine::reserve(self, address, size)
    }

    unsafe fn release(&self, address: usize, size: usize) {
        Machine::release(self, address, size);
    }

    unsafe fn map(&self, address: usize, pages: usize) -> Result<(), OutOfMemory> {
        Machine::map(self, address, pages)
    }

    unsafe fn unmap(&self, starts: impl Iterator<Item = usize>, pages: usize) {
        starts.for_each(|start| Machine::unmap(self, start, pages));
    }

    unsafe fn zero(&self, address: usize, size: usize) {
        self.fill(address, size, 0);
    }
}

impl percpu_model::Memory for &Machine {
    fn holds(&self, address: usize, size: usize, byte: u8) -> bool {
        Machine::holds(self, address, size, byte)
    }

    fn fill(&self, address: usize, size: usize, byte: u8) {
        Machine::fill(self, address, size, byte);
    }

    fn count(&self) -> (usize, usize) {
        Machine::count(self)
    }

    fn run_on(&self, cpu: usize) {
        self.cpu.store(cpu, Ordering::Relaxed);
    }

    fn fail(&self, nth: u64) {
        self.fail.store(nth, Ordering::Relaxed);
    }
}

/// The allocator of the tests.
pub type Tested<'machine> = Allocator<&'machine Machine>;

/// An allocator on a machine, its units in descending order of address, so that
/// offsets are negative.
pub fn allocator(machine: &Machine, reserved: usize) -> Tested<'_> {
    let sizes = Sizes::new(1000, reserved, percpu::DYNAMIC_RESERVE, UNITS).unwrap();
    allocator_on(machine, machine, sizes)
}

/// An allocator of these sizes on any backing that comes down to the machine.
pub fn allocator_on<B: Backing>(machine: &Machine, backing: B, sizes: Sizes) -> Allocator<B> {
    allocator_with(machine, backing, sizes, MAGAZINE)
}

/// An allocator of these sizes whose magazines keep so many bytes of a size.
pub fn allocator_with<B: Backing>(
    machine: &Machine,
    backing: B,
    sizes: Sizes,
    magazine: usize,
) -> Allocator<B> {
    let first = first_chunk(sizes, 1 << 36);
    for offset in &first.unit_offsets {
        let unit = UNIT0.wrapping_add(*offset);
        machine.add(unit, sizes.pages());
        machine.fill(unit, sizes.unit_size, 0);
    }
    // SAFETY: P13: the units were just mapped, below the region.
    unsafe { Allocator::new(first, magazine, backing) }.unwrap()
}

/// A first chunk of these sizes, its units in descending order of address.
pub fn first_chunk(sizes: Sizes, region_size: usize) -> FirstChunk {
    FirstChunk {
        template: TEMPLATE,
        unit0: UNIT0,
        unit_offsets: (0..sizes.units)
            .map(|unit| 0usize.wrapping_sub(unit * sizes.unit_size))
            .collect(),
        sizes,
        region: REGION,
        region_size,
    }
}

/// Memory without bytes: for more of it than the test wants to have.
#[derive(Debug, Default)]
pub struct Unstored {
    /// The running CPU.
    pub cpu: AtomicUsize,
}

// SAFETY: P7, P13: addresses are numbers, and nobody looks at the memory.
unsafe impl Backing for Unstored {
    type PagesLock = parking_lot::RawMutex;
    type AreasLock = parking_lot::RawMutex;
    type MagazineLock = parking_lot::RawMutex;
    type Mark = AtomicU8;

    fn this_unit(&self) -> usize {
        self.cpu.load(Ordering::Relaxed)
    }

    fn reserve(&self, _address: usize, _size: usize) -> Result<(), OutOfMemory> {
        Ok(())
    }
    unsafe fn release(&self, _address: usize, _size: usize) {}
    unsafe fn map(&self, _address: usize, _pages: usize) -> Result<(), OutOfMemory> {
        Ok(())
    }
    unsafe fn unmap(&self, _starts: impl Iterator<Item = usize>, _pages: usize) {}
    unsafe fn zero(&self, _address: usize, _size: usize) {}
}

/// An allocator on memory without bytes.
///
/// # Errors
/// Those of [`Allocator::new`].
pub fn unstored(first: FirstChunk) -> Result<Allocator<Unstored>, SetupError> {
    // SAFETY: P13: addresses are numbers.
    unsafe { Allocator::new(first, MAGAZINE, Unstored::default()) }
}
