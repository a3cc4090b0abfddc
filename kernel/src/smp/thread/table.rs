//! All threads, and what is known of each.

use crate::memory::Stack;
use core::cell::UnsafeCell;
use core::ffi::c_void;
use core::fmt;
use core::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

/// Threads that there may be at once, ended ones that nobody has stopped included.
pub const THREADS: usize = 64;

/// Bytes of a name, its NUL included.
pub const NAME: usize = 16;

/// What a thread runs; its result is for who stops it.
pub type Function = extern "C" fn(*mut c_void) -> i32;

/// What a thread's state is.
pub mod state {
    /// It is nobody's.
    pub const FREE: u32 = 0;
    /// Being filled, by who made it so.
    pub const MADE: u32 = 1;
    /// It runs, or waits for its turn.
    pub const READY: u32 = 2;
    /// It waits to be unparked.
    pub const PARKED: u32 = 3;
    /// It waits to be stopped.
    pub const ENDED: u32 = 4;
    /// Made, and given another CPU at this moment.
    pub const MOVED: u32 = 5;
}

/// What a thread is asked for.
pub mod request {
    /// To end.
    pub const STOP: u32 = 1;
    /// To park.
    pub const PARK: u32 = 2;
}

/// What is written before a thread begins, and by itself at its end.
pub struct Work {
    /// Given back with the rest.
    pub(super) _stack: Stack,
    pub(super) function: Function,
    pub(super) argument: *mut c_void,
    pub(super) result: i32,
}

/// A thread; begins with what linux/sched.h shows of a `struct task_struct`.
#[repr(C)]
pub struct Thread {
    pub(super) number: AtomicU32,
    pub(super) group: AtomicU32,
    pub(super) flags: AtomicU32,
    pub(super) name: UnsafeCell<[u8; NAME]>,
    pub(super) state: AtomicU32,
    pub(super) cpu: AtomicU32,
    pub(super) asked: AtomicU32,
    /// Its stack pointer; 0 while it runs.
    pub(super) pointer: AtomicU64,
    /// The lowest address of its stack; 0 while it has none.
    pub(super) lowest: AtomicUsize,
    /// The address of what it runs.
    pub(super) code: AtomicUsize,
    /// The address of the work that is; 0 for none.
    pub(super) work_item: AtomicUsize,
    pub(super) work: UnsafeCell<Option<Work>>,
}

// SAFETY: C25: the name and the work are written in `MADE`, by the one that made it so, then
// the work by the thread, and in the end by the one that stops it.
unsafe impl Sync for Thread {}

/// All that there may be.
pub static ALL: [Thread; THREADS] = [const {
    Thread {
        number: AtomicU32::new(0),
        group: AtomicU32::new(0),
        flags: AtomicU32::new(0),
        name: UnsafeCell::new([0; NAME]),
        state: AtomicU32::new(state::FREE),
        cpu: AtomicU32::new(0),
        asked: AtomicU32::new(0),
        pointer: AtomicU64::new(0),
        lowest: AtomicUsize::new(0),
        code: AtomicUsize::new(0),
        work_item: AtomicUsize::new(0),
        work: UnsafeCell::new(None),
    }
}; THREADS];

/// Threads that aren't free.
pub static COUNT: AtomicU32 = AtomicU32::new(0);

impl Thread {
    /// The thread at an address that a module passes.
    pub fn at(address: usize) -> Option<&'static Self> {
        let is_it = |thread: &&Self| core::ptr::from_ref(*thread).addr() == address;
        let thread = ALL.iter().find(is_it)?;
        (thread.state() != state::FREE).then_some(thread)
    }

    pub(super) fn state(&self) -> u32 {
        self.state.load(Ordering::Acquire)
    }

    /// Changes its state, if that is `from`; whether it was.
    pub(super) fn change_state(&self, from: u32, to: u32) -> bool {
        let state = &self.state;
        let changed = state.compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed);
        changed.is_ok()
    }

    /// Whether it isn't on its CPU, and its stack pointer is there.
    pub(super) fn has_left(&self, state: u32) -> bool {
        self.state() == state && self.pointer.load(Ordering::Acquire) != 0
    }

    /// It runs code at this address from here on, as [`keeping`](super::keeping) sees it: of the
    /// work at that one, if it is a worker.
    pub fn runs(&self, code: usize, work_item: usize) {
        self.work_item.store(work_item, Ordering::Relaxed);
        self.code.store(code, Ordering::Release);
    }

    /// The address of the work that it runs, for reports.
    pub fn work_item(&self) -> Option<u64> {
        let address = self.work_item.load(Ordering::Relaxed);
        (address != 0).then_some(address as u64)
    }

    /// The address of what it runs.
    pub fn code(&self) -> u64 {
        self.code.load(Ordering::Acquire) as u64
    }

    /// Where its stack pointer is while it has no turn; `None` while it runs.
    pub fn pointer(&self) -> Option<u64> {
        Some(self.pointer.load(Ordering::Acquire)).filter(|&pointer| pointer != 0)
    }

    /// Its name, for messages.
    pub fn name(&self) -> Name {
        // SAFETY: C25: it is written in `MADE` alone, and this is read of threads that are
        // there.
        Name(unsafe { *self.name.get() })
    }

    /// Whether it is to end.
    pub fn should_stop(&self) -> bool {
        self.asked.load(Ordering::Acquire) & request::STOP != 0
    }

    /// Whether it is to park.
    pub fn should_park(&self) -> bool {
        self.asked.load(Ordering::Acquire) & request::PARK != 0
    }

    /// Whether it is ready, and this CPU's. Which CPU's it is may change until it is ready, so
    /// that is looked at then; and by its number it is the same one before and after, and no
    /// later one in its place.
    pub(super) fn is_ready(&self, cpu: u32) -> bool {
        let number = self.number.load(Ordering::Acquire);
        self.state() == state::READY
            && self.cpu.load(Ordering::Acquire) == cpu
            && self.number.load(Ordering::Relaxed) == number
    }
}

/// A thread's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name([u8; NAME]);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0.split(|&byte| byte == 0).next().unwrap_or(&[]);
        let valid = bytes.utf8_chunks().next();
        f.write_str(valid.map_or("", |chunk| chunk.valid()))
    }
}

/// Threads that are there.
pub fn all() -> impl Iterator<Item = &'static Thread> {
    ALL.iter().filter(|thread| thread.state() != state::FREE)
}

/// The lowest addresses of all threads' stacks, with the threads.
pub fn stacks() -> impl Iterator<Item = (usize, &'static Thread)> {
    let stacks = all().map(|thread| (thread.lowest.load(Ordering::Relaxed), thread));
    stacks.filter(|(lowest, _)| *lowest != 0)
}

/// Threads of a CPU, parked and ended ones included. Once it isn't active any more, no other
/// comes.
pub fn count_on(cpu: u32) -> usize {
    let is_there = |thread: &&Thread| {
        thread.state.load(Ordering::SeqCst) != state::FREE
            && thread.cpu.load(Ordering::SeqCst) == cpu
    };
    ALL.iter().filter(is_there).count()
}
