//! Ctrl-C, counted: a second within a second ends the machine, wherever either came: as a
//! signal while a command runs, or as a key to the editor.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Within which a second one ends the machine.
const TWICE: Duration = Duration::from_secs(1);

/// When Ctrl-C came.
#[derive(Debug, Default)]
pub struct Presses(Mutex<State>);

#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// Since the last line.
    last: Option<Instant>,
    /// The second has come.
    is_end: bool,
}

impl Presses {
    fn with<R>(&self, work: impl FnOnce(&mut State) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// It came at this time; whether the machine is to end.
    pub fn pressed(&self, now: Instant) -> bool {
        self.with(|state| {
            let before = state.last.replace(now);
            state.is_end |= before.is_some_and(|it| now.duration_since(it) < TWICE);
            state.is_end
        })
    }

    /// A line was sent: one that came before is of another command's.
    pub fn forget(&self) {
        self.with(|state| state.last = None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_within_a_second_end_the_machine() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let presses = Presses::default();
        assert!(!presses.pressed(at(0)));
        assert!(!presses.pressed(at(1000)));
        presses.forget();
        assert!(!presses.pressed(at(1100)));
        assert!(presses.pressed(at(1999)));
        presses.forget();
        assert!(presses.pressed(at(9000)), "the end isn't taken back");
    }
}
