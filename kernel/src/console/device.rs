//! The machine's console, under its lock.
//!
//! What goes in and out are bytes that their owner has put together, or will look
//! through, with nothing locked: no closure, no `Display`, no allocation is in reach
//! here (C21).

use crate::recording::Recording;
use crate::sync::{OutputLock, rank};
use arch::sclp::console::{Console, INPUT};
use core::sync::atomic::{AtomicU64, Ordering};

/// Bytes of output that a self-test can look at; what is more is left out.
pub const COPY: usize = 8192;

struct Device {
    console: Console,
    /// What goes out, if a self-test wants it.
    copy: Recording<COPY>,
}

static DEVICE: OutputLock<Device, { rank::CONSOLE }> = OutputLock::new(Device {
    console: Console::new(),
    copy: Recording::off(),
});

/// Reads and writes that the service processor refused. There is nowhere else to say so.
static REFUSED: AtomicU64 = AtomicU64::new(0);

/// Writes bytes, in one piece.
pub fn write(bytes: &[u8]) {
    let mut device = DEVICE.lock();
    device.copy.put(bytes);
    if device.console.write(bytes).is_err() {
        REFUSED.fetch_add(1, Ordering::Relaxed);
    }
}

/// Runs `work`, and copies what all CPUs wrote meanwhile to the start of `into`; returns
/// how many bytes that is, `COPY` at most. For self-tests, one at a time.
pub fn copy_of(work: impl FnOnce(), into: &mut [u8; COPY]) -> usize {
    DEVICE.lock().copy.start();
    work();
    DEVICE.lock().copy.stop(into)
}

/// Copies what was typed since the last call to the start of `input`; returns how many
/// bytes that is, 0 if nothing was. Doesn't wait.
pub fn read(input: &mut [u8; INPUT]) -> usize {
    let read = DEVICE.lock().console.read(input);
    read.unwrap_or_else(|_| {
        REFUSED.fetch_add(1, Ordering::Relaxed);
        0
    })
}

/// Reads and writes that were refused.
pub fn refused() -> u64 {
    REFUSED.load(Ordering::Relaxed)
}

/// Takes the console from whoever holds it.
///
/// # Safety
/// C20: only this CPU runs from here on.
pub unsafe fn take_over() {
    // SAFETY: C20: the caller's promise.
    unsafe { DEVICE.take_over() };
}

/// Whether a panic's report has the console.
pub fn is_taken_over() -> bool {
    DEVICE.is_taken_over()
}
