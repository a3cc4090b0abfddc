//! Signals that ask this program to end: to a run while there is one, so that it ends its
//! guest and puts the terminal back; to the default action otherwise.
//!
//! What this program was started to ignore, as nohup does with SIGHUP, stays ignored.

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use std::fs;
use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

/// The run that gets them.
static RUN: Mutex<Option<Sender<i32>>> = Mutex::new(None);

fn run() -> MutexGuard<'static, Option<Sender<i32>>> {
    RUN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A run's signals, by their numbers, until this is dropped.
pub struct Forwarded(Receiver<i32>);

impl Forwarded {
    /// Takes all signals from now on.
    pub fn new() -> io::Result<Self> {
        static STARTED: OnceLock<()> = OnceLock::new();
        let (sender, receiver) = mpsc::channel();
        *run() = Some(sender);
        if STARTED.set(()).is_ok() {
            let asked = [SIGINT, SIGTERM, SIGHUP, SIGQUIT];
            let ignored = ignored();
            let asked = asked
                .into_iter()
                .filter(|signal| ignored >> (signal - 1) & 1 == 0);
            let signals = Signals::new(asked)?;
            thread::spawn(move || forward(signals));
        }
        Ok(Self(receiver))
    }

    /// The next one, if one came.
    pub fn next(&self) -> Option<i32> {
        self.0.try_recv().ok()
    }

    /// The next one, if one comes by then.
    pub fn within(&self, limit: Duration) -> Option<i32> {
        self.0.recv_timeout(limit).ok()
    }
}

impl Drop for Forwarded {
    fn drop(&mut self) {
        *run() = None;
    }
}

fn forward(mut signals: Signals) {
    for signal in signals.forever() {
        let run = run().as_ref().map(|run| run.send(signal));
        if !matches!(run, Some(Ok(()))) {
            // An error is a signal that has no default action; these have.
            let _ = emulate_default_handler(signal);
        }
    }
}

/// A bit for each signal that is ignored, the first one's the lowest; see proc(5).
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}
