//! A place in the code where requests can be made to fail.

use crate::trigger::Trigger;
use crate::when::When;
use core::sync::atomic::{AtomicU8, Ordering};

/// A site: a static of its own, or one of an array.
///
/// The command line and self-tests arm triggers of their own, so that a test leaves the command
/// line's alone: a fault that was asked for comes, or is reported as one that never came.
#[derive(Debug)]
pub struct Site {
    /// Whether a fault was ever armed, and whether requests are watched: of no other site a
    /// request counts.
    marks: AtomicU8,
    asked_for: Trigger,
    tests: Trigger,
}

/// A fault was armed once.
const ARMED: u8 = 1;

/// Who wants to know of each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watcher {
    /// A trace of them.
    Trace,
    /// Records of what was given out, with `sanity=1`.
    Sanity,
}

impl Watcher {
    const ALL: u8 = Self::Trace.mark() | Self::Sanity.mark();

    const fn mark(self) -> u8 {
        match self {
            Self::Trace => 2,
            Self::Sanity => 4,
        }
    }
}

impl Site {
    /// Where nothing fails.
    pub const fn new() -> Self {
        Self {
            marks: AtomicU8::new(0),
            asked_for: Trigger::new(),
            tests: Trigger::new(),
        }
    }

    /// Counts a request; whether it is one to fail. For the site itself, once a request.
    #[inline(always)]
    pub fn fails(&self) -> bool {
        self.marks.load(Ordering::Relaxed) & ARMED != 0 && self.count()
    }

    #[cold]
    fn count(&self) -> bool {
        let asked_for = self.asked_for.is_due();
        self.tests.is_due() || asked_for
    }

    /// Whether no fault can come, and nobody watches.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        self.marks.load(Ordering::Relaxed) == 0
    }

    /// Says whether this one wants to know of each request.
    pub fn set_watched(&self, by: Watcher, on: bool) {
        match on {
            true => self.marks.fetch_or(by.mark(), Ordering::Relaxed),
            false => self.marks.fetch_and(!by.mark(), Ordering::Relaxed),
        };
    }

    /// Whether this one does.
    #[inline(always)]
    pub fn is_watched(&self, by: Watcher) -> bool {
        self.marks.load(Ordering::Relaxed) & by.mark() != 0
    }

    /// Whether nobody does.
    #[inline(always)]
    pub fn is_unwatched(&self) -> bool {
        self.marks.load(Ordering::Relaxed) & Watcher::ALL == 0
    }

    /// What the command line asks for.
    pub fn ask_for(&self, when: When, seed: u64) {
        self.asked_for.arm(when, seed);
        self.marks.fetch_or(ARMED, Ordering::Relaxed);
    }

    /// For a self-test, or a person, who disarms what they have armed.
    pub fn arm(&self, when: When, seed: u64) {
        self.tests.arm(when, seed);
        self.marks.fetch_or(ARMED, Ordering::Relaxed);
    }

    /// The trigger of [`arm`](Self::arm).
    pub fn tests(&self) -> &Trigger {
        &self.tests
    }

    /// The trigger of [`ask_for`](Self::ask_for).
    pub fn asked_for(&self) -> &Trigger {
        &self.asked_for
    }
}

impl Default for Site {
    fn default() -> Self {
        Self::new()
    }
}
