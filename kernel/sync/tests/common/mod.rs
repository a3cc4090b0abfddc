//! An emulated machine under the locks: CPUs that a scheduler runs step by step, each
//! with interrupts that are on or off, a depth, and the ranks that it holds.
//!
//! An interrupt comes, or not, wherever interrupts are on and the CPU takes a step.

#![allow(dead_code, reason = "each test file uses a part of it")]

mod scheduled;

use scheduled::Scheduled;
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::atomic::Ordering;
use sync::{COUNTED, Counts, Machine, RawIrqSaveLock, Word};

/// A lock of the emulated machine.
pub type Lock<T, const RANK: u8> = lock_api::Mutex<RawIrqSaveLock<Emulated, RANK>, T>;

/// A CPU's own state.
pub struct Cpu {
    /// What stands for it in a lock's word.
    mark: u32,
    /// Whether interrupts are taken.
    pub on: Cell<bool>,
    /// Interrupts-off sections that the CPU is in.
    pub depth: Cell<u32>,
    /// Whether interrupts were on before the outermost of them.
    before: Cell<bool>,
    /// Ranks held, and `COUNTED`.
    pub held: Cell<u32>,
    /// Steps that it has taken, its clock.
    clock: Cell<u64>,
    /// When the outermost section began.
    since: Cell<u64>,
    /// What it counts, if it does.
    pub counts: Counts<3>,
    /// What an interrupt runs.
    handler: RefCell<Option<Rc<dyn Fn()>>>,
}

shuttle::thread_local! {
    static CPU: Rc<Cpu> = Rc::new(Cpu {
        mark: thread_rng().gen_range(1..u32::MAX),
        on: Cell::new(true),
        depth: Cell::new(0),
        before: Cell::new(false),
        held: Cell::new(0),
        clock: Cell::new(0),
        since: Cell::new(0),
        counts: Counts::new(LONG),
        handler: RefCell::new(None),
    });
}

/// Steps that are long.
pub const LONG: u64 = 100;

/// The CPU that this thread is.
pub fn cpu() -> Rc<Cpu> {
    CPU.with(Rc::clone)
}

impl Cpu {
    /// Interrupts of this CPU run `handler` from here on.
    pub fn on_interrupt(&self, handler: impl Fn() + 'static) {
        *self.handler.borrow_mut() = Some(Rc::new(handler));
    }

    /// Counts what this CPU does from here on, in no section.
    pub fn count(&self) {
        assert_eq!(self.depth.get(), 0);
        self.held.set(self.held.get() | COUNTED);
    }

    /// Lets time pass.
    pub fn work(&self, steps: u64) {
        self.clock.set(self.clock.get() + steps);
    }

    fn counts_now(&self) -> bool {
        self.held.get() & COUNTED != 0
    }

    /// The clock, which each reading takes on by one.
    fn now(&self) -> u64 {
        self.work(1);
        self.clock.get()
    }

    /// A place where an interrupt may come, if they are on.
    pub fn step(&self) {
        let handler = self.handler.borrow().clone();
        if let Some(handler) = handler
            && self.on.get()
            && thread_rng().gen_bool(0.3)
        {
            self.on.set(false);
            handler();
            assert!(!self.on.get(), "interrupts come on in a handler");
            self.on.set(true);
        }
    }
}

/// Where sections begin.
pub const SECTION: u64 = 0x1234;

/// The running CPU, as locks see it.
pub struct Emulated;

impl Machine for Emulated {
    type Word = Scheduled;

    fn push_interrupts_off() {
        let cpu = cpu();
        cpu.step();
        if cpu.depth.get() == 0 {
            cpu.before.set(cpu.on.replace(false));
            cpu.since.set(cpu.clock.get());
        }
        cpu.depth.set(cpu.depth.get() + 1);
    }

    unsafe fn pop_interrupts_off() {
        let cpu = cpu();
        assert!(!cpu.on.get() && cpu.depth.get() > 0);
        cpu.depth.set(cpu.depth.get() - 1);
        if cpu.counts_now() {
            let outermost = (cpu.depth.get() == 0).then_some((cpu.since.get(), SECTION));
            let held = cpu.held.get();
            cpu.counts.section_ended(held, outermost, || cpu.now());
        }
        if cpu.depth.get() == 0 {
            cpu.on.set(cpu.before.get());
        }
        cpu.step();
    }

    fn held_ranks_and_mode() -> u32 {
        assert!(!cpu().on.get());
        cpu().held.get()
    }

    fn hold_rank<const RANK: u8>() {
        let cpu = cpu();
        assert!(!cpu.on.get());
        cpu.held.set(cpu.held.get() | 1 << RANK);
    }

    fn release_rank<const RANK: u8>() {
        let cpu = cpu();
        assert!(!cpu.on.get());
        cpu.held.set(cpu.held.get() & !(1 << RANK));
    }

    fn mark() -> u32 {
        cpu().mark
    }

    fn wait_for_lock(_rank: u8, taken: &Scheduled, mut done: impl FnMut() -> bool) {
        while !done() {
            assert!(!cpu().on.get());
            assert_ne!(taken.load(Ordering::Relaxed), cpu().mark);
            thread::yield_now();
        }
    }

    fn section_from() -> u64 {
        SECTION
    }

    fn count_taken(rank: u8, from: u64, contended: bool) {
        let cpu = cpu();
        assert!(cpu.counts_now() && !cpu.on.get() && cpu.held.get() >> rank & 1 == 1);
        cpu.counts.taken(rank, from, contended, || cpu.now());
    }

    fn out_of_order(wanted: u8, held: u32) -> ! {
        panic!("rank {wanted} is wanted, {held:#b} are held")
    }
}
