//! Emulated memory under the allocator: pages that are mapped or not, with their bytes. A
//! touch of a page that isn't mapped is remembered as what is wrong.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use lock_api::{GuardNoSend, RawMutex};
use percpu::{Backing, OutOfMemory, PAGE_SIZE};
use percpu_model::Memory as _;
use spin::Mutex;

/// What a fresh frame is full of: somebody else left it there.
const JUNK: u8 = 0xdb;

/// Pages, by number.
#[derive(Default)]
pub struct Memory {
    pages: Mutex<BTreeMap<usize, Box<[u8]>>>,
    /// Address space of chunks: where, and how much.
    reserved: Mutex<BTreeMap<usize, usize>>,
    /// Requests until one fails; 0 for never.
    fail: AtomicU64,
    /// The running CPU.
    cpu: AtomicUsize,
    wrong: Mutex<Option<String>>,
}

/// A lock of whoever has the machine to himself.
pub struct Alone(AtomicBool);

#[expect(unsafe_code, reason = "the allocator is generic over its locks")]
// SAFETY: C5: taken by one compare-and-swap, freed by a release store.
unsafe impl RawMutex for Alone {
    const INIT: Self = Self(AtomicBool::new(false));
    type GuardMarker = GuardNoSend;

    fn lock(&self) {
        while !self.try_lock() {
            core::hint::spin_loop();
        }
    }

    fn try_lock(&self) -> bool {
        !self.0.swap(true, Ordering::Acquire)
    }

    unsafe fn unlock(&self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Memory {
    /// Whether this request is the one that is to fail.
    fn fails(&self) -> bool {
        let left = self.fail.load(Ordering::Relaxed);
        self.fail.store(left.saturating_sub(1), Ordering::Relaxed);
        left == 1
    }

    /// Maps pages to frames.
    pub fn add(&self, address: usize, pages: usize) {
        for page in 0..pages {
            let number = address / PAGE_SIZE + page;
            let frame = alloc::vec![JUNK; PAGE_SIZE].into_boxed_slice();
            if self.pages.lock().insert(number, frame).is_some() {
                self.complain(format!(
                    "the page at {:#x} is mapped twice",
                    number * PAGE_SIZE
                ));
            }
        }
    }

    /// Pages that are mapped.
    pub fn mapped(&self) -> usize {
        self.pages.lock().len()
    }

    /// What has been wrong since this was asked last.
    pub fn wrong(&self) -> Option<String> {
        self.wrong.lock().take()
    }

    fn complain(&self, text: String) {
        self.wrong.lock().get_or_insert(text);
    }

    /// Works on bytes, page by page.
    fn touch(&self, address: usize, size: usize, work: &mut dyn FnMut(&mut [u8])) {
        let mut pages = self.pages.lock();
        let mut at = address;
        while at < address + size {
            let end = (address + size).min((at / PAGE_SIZE + 1) * PAGE_SIZE);
            match pages.get_mut(&(at / PAGE_SIZE)) {
                Some(page) => work(&mut page[at % PAGE_SIZE..][..end - at]),
                None => self.complain(format!("{at:#x} is touched, and isn't mapped")),
            }
            at = end;
        }
    }
}

#[expect(unsafe_code, reason = "the border to the memory that is handed out")]
// SAFETY: P7, P13: pages are the emulation's own bytes from `map` to `unmap`, `zero` stores
// into them, and one CPU at a time runs.
unsafe impl Backing for Memory {
    type PagesLock = Alone;
    type AreasLock = Alone;
    type MagazineLock = Alone;
    type Mark = AtomicU8;

    fn this_unit(&self) -> usize {
        self.cpu.load(Ordering::Relaxed)
    }

    fn reserve(&self, address: usize, size: usize) -> Result<(), OutOfMemory> {
        if self.fails() {
            return Err(OutOfMemory);
        }
        if self.reserved.lock().insert(address, size).is_some() {
            self.complain(format!("{address:#x} is reserved twice"));
        }
        Ok(())
    }

    unsafe fn release(&self, address: usize, size: usize) {
        if self.reserved.lock().remove(&address) != Some(size) {
            self.complain(format!("{address:#x} is released, and wasn't reserved"));
        }
    }

    unsafe fn map(&self, address: usize, pages: usize) -> Result<(), OutOfMemory> {
        if self.fails() {
            return Err(OutOfMemory);
        }
        self.add(address, pages);
        Ok(())
    }

    unsafe fn unmap(&self, starts: impl Iterator<Item = usize>, pages: usize) {
        for start in starts {
            for page in 0..pages {
                if self
                    .pages
                    .lock()
                    .remove(&(start / PAGE_SIZE + page))
                    .is_none()
                {
                    self.complain(format!("{start:#x} is unmapped, and wasn't mapped"));
                }
            }
        }
    }

    unsafe fn zero(&self, address: usize, size: usize) {
        self.fill(address, size, 0);
    }
}

impl percpu_model::Memory for Memory {
    fn holds(&self, address: usize, size: usize, byte: u8) -> bool {
        let mut holds = true;
        self.touch(address, size, &mut |bytes| {
            holds &= bytes.iter().all(|&found| found == byte);
        });
        holds
    }

    fn fill(&self, address: usize, size: usize, byte: u8) {
        self.touch(address, size, &mut |bytes| bytes.fill(byte));
    }

    fn count(&self) -> (usize, usize) {
        (self.mapped(), self.reserved.lock().len())
    }

    fn run_on(&self, cpu: usize) {
        self.cpu.store(cpu, Ordering::Relaxed);
    }

    fn fail(&self, nth: u64) {
        self.fail.store(nth, Ordering::Relaxed);
    }
}
