//! A reference count that costs one local instruction while its object lives.
//! Linux's `percpu_ref`.
//!
//! ```text
//!  per CPU: get, put change this CPU's copy; only the sum of the copies means
//!           anything, so nobody can see it reach zero, nor needs to
//!     │ kill, switch_to_atomic
//!     ▼
//!  atomic:  get, put change one count; whoever takes it to zero releases
//! ```
//!
//! In between, a CPU may still be about to use its copy. `try_get` and `put` look at
//! the mode and act on it with interrupts off, so a function that has run on every
//! CPU has run after all of those (P6). Until the copies are folded in, a bias
//! keeps the count from zero.

use crate::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use crate::dynamic::{NoMemory, PerCpu};
use crate::interrupts::with_interrupts_off;
use crate::kernel::on_each_cpu;
use crate::variable::Variable;

/// Far from any number of references.
const BIAS: i64 = 1 << 62;

/// References to one object, beginning with its owner's.
///
/// Of all calls that return "last", exactly one returns true: its caller releases
/// the object.
#[derive(Debug)]
pub struct PerCpuRef {
    copies: PerCpu<i64>,
    count: AtomicI64,
    atomic: AtomicBool,
    dead: AtomicBool,
}

impl PerCpuRef {
    /// One reference, the owner's, which `kill` gives up. Counts on each CPU. May map
    /// pages: see [`PerCpu::alloc`].
    pub fn new() -> Result<Self, NoMemory> {
        let copies = PerCpu::alloc()?;
        Ok(Self {
            copies,
            count: AtomicI64::new(BIAS + 1),
            atomic: AtomicBool::new(false),
            dead: AtomicBool::new(false),
        })
    }

    /// Takes a reference; false once the object is killed. Anywhere, interrupt handlers
    /// included.
    #[must_use]
    pub fn try_get(&self) -> bool {
        with_interrupts_off(|_| {
            if self.dead.load(SeqCst) {
                return false;
            }
            if !self.atomic.load(SeqCst) {
                self.copies.inc();
                return true;
            }
            let more = |count: i64| (count > 0).then_some(count + 1);
            self.count.fetch_update(SeqCst, SeqCst, more).is_ok()
        })
    }

    /// Gives up a reference that `try_get` took, on any CPU; true if it was the last.
    /// Anywhere, interrupt handlers included.
    #[must_use]
    pub fn put(&self) -> bool {
        with_interrupts_off(|_| {
            if !self.atomic.load(SeqCst) {
                self.copies.dec();
                return false;
            }
            self.count.fetch_sub(1, SeqCst) == 1
        })
    }

    /// Counts in one place from here on; true if no reference was left, the owner's
    /// included. Waits for every CPU: not for interrupt handlers, not with interrupts
    /// off, and not with a lock held.
    #[must_use]
    pub fn switch_to_atomic(&self) -> bool {
        if self.atomic.swap(true, SeqCst) {
            return false;
        }
        extern "C" fn nothing(_: *mut ()) {}
        // SAFETY: L8: the function uses no argument. Once it has run everywhere, no CPU is
        // about to use its copy any more (P6).
        unsafe { on_each_cpu(nothing, core::ptr::null_mut()) };
        let change = self.copies.sum() - BIAS;
        self.count.fetch_add(change, SeqCst) + change == 0
    }

    /// Lets no more references be taken and gives up the owner's; true if it was
    /// the last. A second call does nothing and returns false. Waits as
    /// [`PerCpuRef::switch_to_atomic`] does.
    #[must_use]
    pub fn kill(&self) -> bool {
        if self.dead.swap(true, SeqCst) {
            return false;
        }
        // The owner's reference is still counted, so this isn't the last.
        let last = self.switch_to_atomic();
        debug_assert!(!last);
        self.count.fetch_sub(1, SeqCst) == 1
    }

    /// Undoes a `kill` that has returned false: the owner has its reference again, and
    /// others may be taken. False if the last one has gone meanwhile: then the object
    /// stays dead, and who gave up the last one releases it. Waits for nobody.
    #[must_use]
    pub fn resurrect(&self) -> bool {
        let one_more = |count: i64| (count > 0).then_some(count + 1);
        let left = self.count.fetch_update(SeqCst, SeqCst, one_more).is_ok();
        if left {
            self.dead.store(false, SeqCst);
        }
        left
    }

    /// References besides the owner's; exact while none is taken or given up, and
    /// otherwise off by no more than the references that are.
    pub fn count(&self) -> i64 {
        let owners = i64::from(!self.dead.load(SeqCst));
        let count = self.count.load(SeqCst);
        // As long as the bias is there, the copies aren't in the count.
        if count > BIAS / 2 {
            count - BIAS - owners + self.copies.sum()
        } else {
            count - owners
        }
    }
}
