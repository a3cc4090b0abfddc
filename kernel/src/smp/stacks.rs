//! Every CPU's three stacks: its first, for interruptions, for faults.
//!
//! The lowest page of each is a guard page, so that running off its end is a fault,
//! which is handled on another of them (C3).

use super::error::Error;
use crate::memory::{OutOfMemory, Stack};
use arch::{MAX_CPUS, PAGE_SIZE, boot, lowcore};
use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Their names, in the order of the table.
const NAMES: [&str; 3] = ["stack", "interrupt stack", "fault stack"];

/// Lowest address of each stack, by CPU; 0 where there is none.
static LOWEST: [[AtomicUsize; NAMES.len()]; MAX_CPUS] =
    [const { [const { AtomicUsize::new(0) }; NAMES.len()] }; MAX_CPUS];

/// A CPU's stacks. Dropped, they are given back.
pub struct Stacks {
    cpu: u32,
    stacks: [Stack; NAMES.len()],
}

impl Stacks {
    /// Stacks for a CPU that isn't started yet, and has none.
    ///
    /// # Errors
    /// If there is no memory.
    pub fn new(cpu: u32) -> Result<Self, Error> {
        let new = || Stack::new().map_err(|OutOfMemory| Error::OutOfMemory(cpu));
        let stacks = [new()?, new()?, new()?];
        for (entry, stack) in LOWEST[cpu as usize].iter().zip(&stacks) {
            entry.store(stack.guard_page(), Ordering::Relaxed);
        }
        Ok(Self { cpu, stacks })
    }

    /// Initial stack pointers: of its first function, for interruptions, for program and
    /// machine checks and restart.
    pub fn tops(&self) -> [usize; NAMES.len()] {
        self.stacks.each_ref().map(Stack::top)
    }
}

impl Drop for Stacks {
    fn drop(&mut self) {
        for entry in &LOWEST[self.cpu as usize] {
            entry.store(0, Ordering::Relaxed);
        }
    }
}

/// Gives the boot CPU stacks from page frames, with guard pages, for interruptions;
/// until then it uses small static ones. Once, at boot.
///
/// # Errors
/// If there is no memory for them.
///
/// # Panics
/// If it was called before.
pub fn init_boot_stacks() -> Result<(), OutOfMemory> {
    let before = LOWEST[0][0].swap(boot::boot_stack(), Ordering::Relaxed);
    assert!(before == 0, "the boot CPU has its stacks");
    let keep = |stack: Stack, index: usize| {
        LOWEST[0][index].store(stack.guard_page(), Ordering::Relaxed);
        let top = stack.top();
        core::mem::forget(stack);
        top
    };
    let interrupt = keep(Stack::new()?, 1);
    let fault = keep(Stack::new()?, 2);
    // SAFETY: C3: two new stacks of frames, and boot code that handles no interruption.
    unsafe { lowcore::set_stacks(interrupt, fault) };
    Ok(())
}

/// Addresses of the guard pages of all CPUs' stacks.
pub fn guard_pages() -> impl Iterator<Item = usize> {
    let lowest = LOWEST.iter().flatten();
    lowest
        .map(|lowest| lowest.load(Ordering::Relaxed))
        .filter(|&lowest| lowest != 0)
}

/// The stack in whose guard page the address lies.
pub fn guard_page_owner(address: usize) -> Option<Guard> {
    LOWEST.iter().zip(0..).find_map(|(stacks, cpu)| {
        stacks.iter().zip(NAMES).find_map(|(lowest, stack)| {
            let lowest = lowest.load(Ordering::Relaxed);
            let inside = lowest != 0 && (lowest..lowest + PAGE_SIZE).contains(&address);
            inside.then_some(Guard { cpu, stack })
        })
    })
}

/// A guard page's owner.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    cpu: u32,
    stack: &'static str,
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "stack overflow, this is the guard page of cpu {}'s {}",
            self.cpu, self.stack
        )
    }
}
