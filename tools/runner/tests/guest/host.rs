//! The host's CPUs, shared out among guests that run at once.
//!
//! A guest's CPUs spin while they wait for each other. When they are many more than the
//! host's, those that spin keep the one away that they wait for, and a test takes ten
//! times as long as alone. So a large guest waits until it may run alone.

use std::cell::Cell;
use std::num::NonZero;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// CPUs of all guests that run.
static TAKEN: Mutex<usize> = Mutex::new(0);
static GIVEN_BACK: Condvar = Condvar::new();

thread_local! {
    static WAITED: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// How long this thread has waited for others' guests.
pub fn waited() -> Duration {
    WAITED.get()
}

/// A guest's CPUs; given back when this is dropped.
pub struct Cpus(usize);

impl Cpus {
    /// Waits until a guest with so many CPUs may run.
    pub fn take(count: usize) -> Self {
        let most = 2 * std::thread::available_parallelism().map_or(1, NonZero::get);
        let count = count.min(most);
        let start = Instant::now();
        let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = GIVEN_BACK.wait_while(taken, |taken| *taken + count > most);
        *taken.unwrap_or_else(PoisonError::into_inner) += count;
        WAITED.set(WAITED.get() + start.elapsed());
        Self(count)
    }

    /// Waits for as many as a command line of the runner asks for.
    pub fn of<'a>(arguments: impl Iterator<Item = &'a str> + Clone) -> Self {
        let mut rest = arguments
            .clone()
            .skip_while(|&word| word != "--cpus")
            .skip(1);
        let given = rest.next().and_then(|count| count.parse().ok());
        // Under `-icount` all CPUs share a thread of the host's.
        let has = |words: &[&str]| arguments.clone().any(|word| words.contains(&word));
        let counts = has(&["bench", "profile"]) && !has(&["--contention"]);
        Self::take(if counts { 1 } else { given.unwrap_or(2) })
    }
}

impl Drop for Cpus {
    fn drop(&mut self) {
        *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) -= self.0;
        GIVEN_BACK.notify_all();
    }
}
