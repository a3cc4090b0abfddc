//! One function for one CPU, lent by whoever posts it.

use core::cell::UnsafeCell;
use core::sync::atomic::{Ordering, fence};
use sync::Word;

/// Nothing to run.
const EMPTY: u32 = 0;
/// Being filled, by the CPU that posts.
const FILLING: u32 = 1;
/// There is a function, and nobody has begun it.
const POSTED: u32 = 2;
/// The CPU runs it.
const RUNNING: u32 = 3;

/// A function as a CPU sees it that runs it.
pub type Function<'a> = &'a (dyn Fn() + Sync);

/// A mailbox: room for one function.
pub struct Mailbox<W> {
    state: W,
    /// Written in `FILLING`, read in `RUNNING`, each by the CPU that made it so.
    function: UnsafeCell<Option<Function<'static>>>,
}

// SAFETY: C13: of all CPUs only the one that brought about `FILLING`, or `RUNNING`,
// touches `function`; a `Function` may run anywhere.
unsafe impl<W: Word> Sync for Mailbox<W> {}

impl<W: Word> Mailbox<W> {
    /// With nothing in it.
    pub const fn new() -> Self {
        Self {
            state: W::ZERO,
            function: UnsafeCell::new(None),
        }
    }

    /// Whether nothing is left to do.
    pub fn is_empty(&self) -> bool {
        self.state.load(Ordering::Acquire) == EMPTY
    }

    /// Whether the CPU runs what was posted.
    pub fn is_running(&self) -> bool {
        self.state.load(Ordering::Relaxed) == RUNNING
    }

    /// Whether there is a function that nobody has begun.
    pub fn is_posted(&self) -> bool {
        self.state.load(Ordering::Relaxed) == POSTED
    }

    /// Puts a function in; `false` if there is one already.
    ///
    /// # Safety
    /// C13: the function, and what it borrows, lives until the mailbox is empty again.
    pub unsafe fn post(&self, function: Function<'_>) -> bool {
        let filling = self
            .state
            .compare_exchange(EMPTY, FILLING, Ordering::Acquire);
        if filling.is_err() {
            return false;
        }
        // SAFETY: C13: the caller's promise takes the place of the lifetime, and this
        // CPU is the one that fills.
        unsafe {
            let function = core::mem::transmute::<Function<'_>, Function<'static>>(function);
            *self.function.get() = Some(function);
        }
        self.state.store(POSTED, Ordering::Release);
        // Who leaves says so before its last look here: either it sees this, or who posts
        // sees next that it leaves.
        fence(Ordering::SeqCst);
        true
    }

    /// Whether nobody has posted anything, as the CPU sees that says no more that it is
    /// online: who posts from now on sees that, and takes it back.
    pub fn is_left_alone(&self) -> bool {
        fence(Ordering::SeqCst);
        !self.is_posted()
    }

    /// Takes back what was posted; `false` if it was begun, and may have ended.
    pub fn withdraw(&self) -> bool {
        let withdrawn = self
            .state
            .compare_exchange(POSTED, EMPTY, Ordering::Acquire);
        withdrawn.is_ok()
    }

    /// Runs what is in it, if anything. By the CPU whose mailbox it is.
    pub fn serve(&self) {
        if self.state.load(Ordering::Relaxed) != POSTED {
            return;
        }
        let begun = self
            .state
            .compare_exchange(POSTED, RUNNING, Ordering::Acquire);
        if begun.is_err() {
            return;
        }
        // Empty also where a test's function unwinds: its caller would wait for ever.
        let _ended = Ended(&self.state);
        // SAFETY: C13: this CPU is the one that runs it, and the function lives until
        // the mailbox is empty.
        if let Some(function) = unsafe { *self.function.get() } {
            function();
        }
    }
}

/// Empties the mailbox whose function has ended.
struct Ended<'a, W: Word>(&'a W);

impl<W: Word> Drop for Ended<'_, W> {
    fn drop(&mut self) {
        self.0.store(EMPTY, Ordering::Release);
    }
}
