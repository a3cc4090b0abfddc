//! Waits of self-tests: each has a name, and an end.
//!
//! A test that waits for another CPU, or for an interruption, fails when that doesn't come,
//! and says what it was; the run goes on with the next one.

use super::{NotPassed, failed};
use crate::timer::nap;
use crate::{check, selftest};
use arch::cpu;
use arch::timer::Deadline;

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
    end: Deadline,
}

impl Limit {
    /// From now on; `what` is to happen, for the failure's text.
    pub fn new(what: &'static str) -> Self {
        Self::within(what, SECONDS * 1_000_000)
    }

    fn within(what: &'static str, microseconds: u64) -> Self {
        let end = Deadline::after_microseconds(microseconds);
        Self { what, end }
    }

    /// # Errors
    /// What didn't happen in time.
    pub fn check(self) -> Result<(), NotPassed> {
        let Self { what, end } = self;
        match end.is_past() {
            false => Ok(()),
            true => Err(failed(format_args!("{what}: not within {SECONDS} s"))),
        }
    }
}

/// Waits until `done`, in a CPU's ordinary context: interrupts on, no lock held.
///
/// # Errors
/// What didn't happen in time.
pub fn wait(what: &'static str, done: impl FnMut() -> bool) -> Result<(), NotPassed> {
    wait_until(Limit::new(what), done)
}

fn wait_until(limit: Limit, mut done: impl FnMut() -> bool) -> Result<(), NotPassed> {
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

fn waits_end() -> Result<(), NotPassed> {
    let mut looks = 0;
    let late = wait_until(Limit::within("what never comes", 5000), || {
        looks += 1;
        false
    });
    match late {
        Err(NotPassed::Failed(text)) => {
            check!(text.starts_with("what never comes: "), "{text}");
        }
        other => check!(false, "{other:?}"),
    }
    check!(looks > 1, "{looks} looks");
    wait("what is there", || true)
}

selftest!("boot.waits_end", waits_end);
