//! Waits of self-tests: each has a name, and an end.
//!
//! A test that waits for another CPU, or for an interruption, fails when that doesn't come,
//! and says what it was; the run goes on with the next one.

use super::{NotPassed, failed};
use crate::timer::nap;
use arch::cpu;
use arch::timer::{from_microseconds, now};

/// Seconds that a test waits at most: longer than a busy host keeps a CPU from running, and
/// less than a run's time.
const SECONDS: u64 = 20;

/// Looks before the first nap.
const LOOKS: u32 = 10_000;

/// Microseconds of a nap.
const NAP: u64 = 50;

/// When something must have happened.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    what: &'static str,
    end: u64,
}

impl Limit {
    /// From now on; `what` is to happen, for the failure's text.
    pub fn new(what: &'static str) -> Self {
        let end = now().saturating_add(from_microseconds(SECONDS * 1_000_000));
        Self { what, end }
    }

    /// # Errors
    /// What didn't happen in time.
    pub fn check(self) -> Result<(), NotPassed> {
        let Self { what, end } = self;
        match now() < end {
            true => Ok(()),
            false => Err(failed(format_args!("{what}: not within {SECONDS} s"))),
        }
    }
}

/// Waits until `done`, in a CPU's ordinary course: interrupts on, no lock held.
///
/// # Errors
/// What didn't happen in time.
pub fn wait(what: &'static str, mut done: impl FnMut() -> bool) -> Result<(), NotPassed> {
    let limit = Limit::new(what);
    let mut looks = 0;
    while !done() {
        limit.check()?;
        if looks < LOOKS {
            looks += 1;
            cpu::relax();
        } else {
            nap(NAP);
        }
    }
    Ok(())
}
