//! Which context a CPU goes on with.
//!
//! ```text
//!  a CPU:  its own context ──yield_now──► thread ──yield_now──► thread ──┐
//!                 ▲                                                     │
//!                 └──────────────────── yield_now ──────────────────────┘
//! ```
//!
//! Nobody takes the CPU away from a context: it yields where it waits.

use super::table::{ALL, COUNT, THREADS, Thread};
use crate::smp::machine::NAP;
use crate::{cpus, timer};
use arch::{MAX_CPUS, context, cpu, lowcore};
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// What runs on a CPU, and where its own context goes on.
struct Turn {
    /// The thread's index plus 1; 0 for the CPU's own context.
    running: AtomicU32,
    own_pointer: AtomicU64,
}

static TURNS: [Turn; MAX_CPUS] = [const {
    Turn {
        running: AtomicU32::new(0),
        own_pointer: AtomicU64::new(0),
    }
}; MAX_CPUS];

/// A CPU for a thread: one with an idle loop, if there is any.
pub fn cpu_for(number: u32) -> u32 {
    let is_active = |cpu: &u32| cpus::state(*cpu) == cpus::State::Active;
    let with_idle_loop = || (1..MAX_CPUS as u32).filter(is_active);
    let count = with_idle_loop().count().max(1);
    with_idle_loop().nth(number as usize % count).unwrap_or(0)
}

/// The thread that runs here; none in a CPU's own context.
pub fn current() -> Option<&'static Thread> {
    on(cpu::number())
}

/// The thread that runs on a CPU.
pub fn on(cpu: u32) -> Option<&'static Thread> {
    let running = TURNS.get(cpu as usize)?.running.load(Ordering::Relaxed);
    ALL.get((running as usize).checked_sub(1)?)
}

/// Whether a thread of this CPU wants a turn.
pub fn is_waiting() -> bool {
    let this = cpu::number();
    let is_ready = |thread: &Thread| thread.is_ready(this);
    COUNT.load(Ordering::Relaxed) != 0 && ALL.iter().any(is_ready)
}

/// Lets the next context of this CPU go on, if there is another; returns at this one's next
/// turn, whether another had one. With interrupts off, or a lock held, nobody has a turn.
pub fn yield_now() -> bool {
    if COUNT.load(Ordering::Relaxed) == 0 || !cpu::interrupts_enabled() {
        return false;
    }
    if lowcore::held_ranks() != 0 {
        return false;
    }
    let this = cpu::number();
    let turn = &TURNS[this as usize];
    let running = turn.running.load(Ordering::Relaxed);
    let mut order = (running as usize + 1..=THREADS).chain(0..running as usize);
    let is_ready = |&index: &usize| index == 0 || ALL[index - 1].is_ready(this);
    let Some(next) = order.find(is_ready) else {
        return false;
    };
    let pointer_of = |index: usize| match index.checked_sub(1) {
        Some(index) => &ALL[index].pointer,
        None => &turn.own_pointer,
    };
    let pointer = pointer_of(next).swap(0, Ordering::Acquire);
    turn.running.store(next as u32, Ordering::Relaxed);
    let own = pointer_of(running as usize).as_ptr();
    // SAFETY: C25: the other is of this CPU, which found it ready; its stack pointer was taken
    // from where the next to go on with it looks.
    unsafe { context::switch(own, pointer) };
    true
}

/// Lets other contexts of this CPU go on; if there are none, and interrupts come, the CPU rests
/// for a moment. Who waits for another CPU by looks of its own leaves it the host's that way; and
/// its turn, where an emulator gives CPUs turns.
pub fn rest() {
    let is_alone = !yield_now();
    if is_alone && cpu::interrupts_enabled() && lowcore::held_ranks() == 0 {
        timer::nap(NAP);
    }
}
