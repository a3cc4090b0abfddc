//! Every CPU's three stacks: its first, for interruptions, for faults. And a fourth, if a
//! module asks for it: one that nothing else uses.
//!
//! The lowest page of each is a guard page, so that running off its end is a fault,
//! which is handled on another of them (C3). So is that of a thread's stack.

use super::error::Error;
use super::thread;
use crate::memory::{OutOfMemory, Stack};
use arch::stack::{SAVE_AREA, SIZE};
use arch::{MAX_CPUS, PAGE_SIZE, boot, cpu, lowcore};
use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering};

/// What a stack is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A CPU's ordinary context.
    Own,
    /// Handlers of external interruptions.
    Interrupt,
    /// Handlers of program checks, machine checks and restarts.
    Fault,
    /// Functions that a module calls on a stack of their own.
    Spare,
}

/// The kinds, in the order of the table. Each CPU has the first [`BEFORE_START`].
const KINDS: [Kind; 4] = [Kind::Own, Kind::Interrupt, Kind::Fault, Kind::Spare];
const BEFORE_START: usize = 3;

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Own => "stack",
            Kind::Interrupt => "interrupt stack",
            Kind::Fault => "fault stack",
            Kind::Spare => "spare stack",
        })
    }
}

/// Lowest address of each stack, by CPU; 0 where there is none.
static LOWEST: [[AtomicUsize; KINDS.len()]; MAX_CPUS] =
    [const { [const { AtomicUsize::new(0) }; KINDS.len()] }; MAX_CPUS];

/// A CPU's stacks. Dropped, they are given back.
pub struct Stacks {
    cpu: u32,
    stacks: [Stack; BEFORE_START],
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
    pub fn tops(&self) -> [usize; BEFORE_START] {
        self.stacks.each_ref().map(Stack::top)
    }
}

impl Drop for Stacks {
    fn drop(&mut self) {
        for entry in &LOWEST[self.cpu as usize][..BEFORE_START] {
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

/// The initial stack pointer of the running CPU's spare stack, which is made when it is first
/// asked for, and stays. Interrupts off.
///
/// # Errors
/// If there is no memory.
pub fn spare() -> Result<usize, OutOfMemory> {
    let [.., entry] = &LOWEST[cpu::number() as usize];
    if entry.load(Ordering::Relaxed) == 0 {
        let stack = Stack::new()?;
        entry.store(stack.guard_page(), Ordering::Relaxed);
        core::mem::forget(stack);
    }
    Ok(top(entry.load(Ordering::Relaxed)))
}

fn top(lowest: usize) -> usize {
    lowest + SIZE - SAVE_AREA
}

/// Whose a stack is.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    /// A CPU's, of this kind.
    Cpu(u32, Kind),
    /// A thread's.
    Thread(thread::Name),
}

/// A stack.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Whose it is.
    pub owner: Owner,
    /// The address of its guard page, its lowest.
    pub lowest: usize,
}

impl Place {
    /// The initial stack pointer.
    pub fn top(&self) -> usize {
        top(self.lowest)
    }
}

/// The stack that an address lies in, guard page included.
pub fn place_of(address: usize) -> Option<Place> {
    let has_it = |lowest: usize| lowest != 0 && (lowest..lowest + SIZE).contains(&address);
    let of_cpus = LOWEST.iter().zip(0..).flat_map(|(stacks, cpu)| {
        let owners = KINDS.map(|kind| Owner::Cpu(cpu, kind));
        stacks
            .iter()
            .map(|lowest| lowest.load(Ordering::Relaxed))
            .zip(owners)
    });
    let of_threads =
        thread::stacks().map(|(lowest, thread)| (lowest, Owner::Thread(thread.name())));
    let mut stacks = of_cpus.chain(of_threads);
    let (lowest, owner) = stacks.find(|(lowest, _)| has_it(*lowest))?;
    Some(Place { owner, lowest })
}

/// The stack in whose guard page the address lies.
pub fn guard_page_owner(address: usize) -> Option<Guard> {
    let place = place_of(address)?;
    (address < place.lowest + PAGE_SIZE).then_some(Guard(place.owner))
}

/// A guard page's owner.
#[derive(Clone, Copy, Debug)]
pub struct Guard(Owner);

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stack overflow, this is the guard page of ")?;
        match self.0 {
            Owner::Cpu(cpu, kind) => write!(f, "cpu {cpu}'s {kind}"),
            Owner::Thread(name) => write!(f, "the stack of thread {name}"),
        }
    }
}
