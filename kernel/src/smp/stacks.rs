//! Every CPU's three stacks: its first, for interruptions, for faults.
//!
//! The lowest page of each is a guard page, so that running off its end is a fault,
//! which is handled on another of them (C3).

use crate::memory::{self, OutOfMemory};
use arch::{MAX_CPUS, PAGE_SIZE, boot, lowcore, stack};
use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Their names, in the order of the table.
const NAMES: [&str; 3] = ["stack", "interrupt stack", "fault stack"];

/// Lowest address of each stack, by CPU; 0 where there is none.
static LOWEST: [[AtomicUsize; NAMES.len()]; MAX_CPUS] =
    [const { [const { AtomicUsize::new(0) }; NAMES.len()] }; MAX_CPUS];

/// Initial stack pointers of a CPU's stacks.
#[derive(Clone, Copy, Debug)]
pub struct Tops {
    /// For its first function.
    pub start: usize,
    /// For interruptions.
    pub interrupt: usize,
    /// For program and machine checks and restart.
    pub fault: usize,
}

fn take(cpu: u32, index: usize) -> Result<usize, OutOfMemory> {
    let lowest = memory::take_stack()?;
    LOWEST[cpu as usize][index].store(lowest, Ordering::Relaxed);
    Ok(lowest + stack::SIZE - stack::SAVE_AREA)
}

/// Stacks for a CPU that is about to be started.
pub fn take_for(cpu: u32) -> Result<Tops, OutOfMemory> {
    Ok(Tops {
        start: take(cpu, 0)?,
        interrupt: take(cpu, 1)?,
        fault: take(cpu, 2)?,
    })
}

/// Gives the boot CPU stacks from page frames, with guard pages, for interruptions;
/// until then it uses small static ones. Once, at boot.
///
/// # Panics
/// If the machine has too little memory to boot.
pub fn init_boot_stacks() {
    const NO_MEMORY: &str = "memory holds the boot CPU's stacks";
    LOWEST[0][0].store(boot::boot_stack(), Ordering::Relaxed);
    let interrupt = take(0, 1).expect(NO_MEMORY);
    let fault = take(0, 2).expect(NO_MEMORY);
    // SAFETY: C3: two new stacks of frames, and boot code that handles no interruption.
    unsafe { lowcore::set_stacks(interrupt, fault) };
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
