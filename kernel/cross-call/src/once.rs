//! A closure that runs once, perhaps on another CPU, and what it returns.

use core::cell::Cell;

/// The closure before, its result after.
pub struct Once<F, R> {
    work: Cell<Option<F>>,
    result: Cell<Option<R>>,
}

// SAFETY: C13: of all CPUs only the one that runs the function touches the cells until
// the call has ended; what moves there and back may.
unsafe impl<F: Send, R: Send> Sync for Once<F, R> {}

impl<R, F: FnOnce() -> R> Once<F, R> {
    /// Hasn't run.
    pub fn new(work: F) -> Self {
        Self {
            work: Cell::new(Some(work)),
            result: Cell::new(None),
        }
    }

    /// Runs the closure, the first time.
    ///
    /// # Safety
    /// C13: on one CPU at a time, which nobody but the call's end waits for.
    pub unsafe fn run(&self) {
        if let Some(work) = self.work.take() {
            self.result.set(Some(work()));
        }
    }

    /// What it returned.
    ///
    /// # Panics
    /// If it hasn't run to its end.
    pub fn into_result(self) -> R {
        let result = self.result.into_inner();
        result.expect("the closure has run to its end")
    }
}
