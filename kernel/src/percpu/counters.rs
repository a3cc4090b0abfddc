//! Counters of modules in C (linux/percpu_counter.h), so that what a CPU that leaves has
//! counted for itself moves to their totals. Linux: percpu_counter_cpu_dead.
//!
//! They are in a list by their own links, `all`. One after the other goes over `folding` when a
//! CPU leaves, and some under one hold of the lock: there may be many.

use crate::sync::{Lock, rank};
use crate::waiting::{Wait, wait_until};
use arch::lowcore;
use core::mem::offset_of;
use core::ptr::{null_mut, with_exposed_provenance_mut};
use core::sync::atomic::{AtomicI32, AtomicI64, AtomicU32, AtomicUsize, Ordering};

/// Links of a list; a module's `struct list_head`.
#[repr(C)]
struct Links {
    next: *mut Links,
    previous: *mut Links,
}

/// A module's `struct percpu_counter`.
#[repr(C)]
pub struct Counter {
    /// A `raw_spinlock_t`: who holds it, the CPU's number plus 1.
    lock: AtomicU32,
    total: AtomicI64,
    links: Links,
    /// The handle of its copies, of 32 bits each.
    copies: usize,
}

// As linux/percpu_counter.h asserts it.
const _: () = {
    assert!(offset_of!(Counter, total) == 8);
    assert!(offset_of!(Counter, links) == 16);
    assert!(offset_of!(Counter, copies) == 32);
};

/// Both ends of the two lists; null until there is a counter.
struct Lists {
    all: Links,
    folding: Links,
}

// SAFETY: L11: the links are written by the lock's holder alone.
unsafe impl Send for Lists {}

static LISTS: Lock<Lists, { rank::EXPORTS }> = Lock::new(Lists {
    all: Links::UNUSED,
    folding: Links::UNUSED,
});

/// Counters in both lists: changed under their lock.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// Counters that are folded under one hold of the lock.
const BATCH: usize = 32;

/// Microseconds that a counter's lock may be held by another CPU.
const PATIENCE: u64 = 10_000_000;

impl Links {
    const UNUSED: Self = Self {
        next: null_mut(),
        previous: null_mut(),
    };

    /// The links of a list's ends, which lead to themselves where it is empty.
    fn ends(&mut self) -> *mut Self {
        let ends = &raw mut *self;
        if self.next.is_null() {
            self.next = ends;
            self.previous = ends;
        }
        ends
    }
}

/// Puts links in front of the first of a list.
///
/// # Safety
/// L11: in no list; `ends` are a list's, whose lock is held.
unsafe fn put_first(ends: *mut Links, links: *mut Links) {
    // SAFETY: L11: the caller's promise.
    unsafe {
        let next = (*ends).next;
        (*links).next = next;
        (*links).previous = ends;
        (*next).previous = links;
        (*ends).next = links;
    }
}

/// Takes links out of the list that they are in.
///
/// # Safety
/// L11: in a list, whose lock is held.
unsafe fn take_out(links: *mut Links) {
    // SAFETY: L11: the caller's promise.
    unsafe {
        let Links { next, previous } = *links;
        (*previous).next = next;
        (*next).previous = previous;
    }
}

/// Enters a counter.
///
/// # Safety
/// L11: it isn't entered, and stays where it is until it is [taken away](take_away).
pub unsafe fn enter(counter: *mut Counter) {
    let mut lists = LISTS.lock();
    let ends = lists.all.ends();
    // SAFETY: L11: the caller's promise, and the lock is held.
    unsafe { put_first(ends, &raw mut (*counter).links) };
    COUNT.fetch_add(1, Ordering::Release);
}

/// Takes a counter away.
///
/// # Safety
/// L11: it was entered.
pub unsafe fn take_away(counter: *mut Counter) {
    let _lists = LISTS.lock();
    // SAFETY: L11: the caller's promise, and the lock is held.
    unsafe { take_out(&raw mut (*counter).links) };
    COUNT.fetch_sub(1, Ordering::Release);
}

/// The counter whose links these are.
fn counter_of(links: *mut Links) -> *mut Counter {
    links.wrapping_byte_sub(offset_of!(Counter, links)).cast()
}

/// Moves what a CPU that has left has in its copies to the totals. By the one who leads CPUs
/// in and out.
pub fn fold(cpu: u32) {
    {
        let mut lists = LISTS.lock();
        let (all, folding) = (lists.all.ends(), lists.folding.ends());
        // SAFETY: L11: both ends are the lock's, which is held; what is in `all` goes to
        // `folding`, which is empty.
        unsafe {
            let Links { next, previous } = *all;
            if next != all {
                *folding = Links { next, previous };
                (*next).previous = folding;
                (*previous).next = folding;
                *all = Links {
                    next: all,
                    previous: all,
                };
            }
        }
    }
    while fold_some(cpu) {}
}

/// Folds a batch; whether there may be more.
fn fold_some(cpu: u32) -> bool {
    let mut lists = LISTS.lock();
    let (all, folding) = (lists.all.ends(), lists.folding.ends());
    for _ in 0..BATCH {
        // SAFETY: L11: what is in the list is a counter that is there; the lock is held.
        unsafe {
            let links = (*folding).next;
            if links == folding {
                return false;
            }
            take_out(links);
            put_first(all, links);
            (*counter_of(links)).fold(cpu);
        }
    }
    true
}

/// Takes away the counters that lie where `is_gone` says; how many there were. For a module
/// that is going, and hasn't destroyed them.
pub fn forget(is_gone: impl Fn(usize) -> bool) -> usize {
    if COUNT.load(Ordering::Acquire) == 0 {
        return 0;
    }
    let mut lists = LISTS.lock();
    let mut count = 0;
    for ends in [lists.all.ends(), lists.folding.ends()] {
        // SAFETY: L11: what is in the list is a counter that is there; the lock is held.
        unsafe {
            let mut links = (*ends).next;
            while links != ends {
                let next = (*links).next;
                if is_gone(links.addr()) {
                    take_out(links);
                    COUNT.fetch_sub(1, Ordering::Release);
                    count += 1;
                }
                links = next;
            }
        }
    }
    count
}

impl Counter {
    /// Moves what is in a CPU's copy to the total, under the counter's lock. With interrupts
    /// off.
    fn fold(&self, cpu: u32) {
        let copy = self.copies.wrapping_add(super::offset(cpu));
        // SAFETY: L11, P1: the copies are the counter's, and live as long as it does.
        let copy = unsafe { &*with_exposed_provenance_mut::<AtomicI32>(copy) };
        let take = || {
            let (lock, mark) = (&self.lock, lowcore::lock_mark());
            let taken = lock.compare_exchange(0, mark, Ordering::Acquire, Ordering::Relaxed);
            taken.is_ok()
        };
        let holder = || Wait::Lock {
            rank: rank::EXPORTS,
            holder: self.lock.load(Ordering::Relaxed).checked_sub(1),
        };
        if !wait_until(holder, PATIENCE, take) {
            log::warn!("a percpu_counter's lock isn't given back: cpu {cpu}'s part stays apart");
            return;
        }
        let part = copy.swap(0, Ordering::Relaxed);
        self.total.fetch_add(part.into(), Ordering::Relaxed);
        self.lock.store(0, Ordering::Release);
    }
}
