//! The machine's console, under its lock.
//!
//! What goes in and out are bytes that their owner has put together, or will look
//! through, with nothing locked: no closure, no `Display`, no allocation is in reach
//! here (C21).

use crate::recording::Recording;
use crate::sync::{OutputLock, rank};
use arch::sclp::console::{Console, INPUT};
use core::sync::atomic::{AtomicU64, Ordering};

/// Bytes that are kept for the next read: two blocks of the service processor's.
const KEPT: usize = 2 * INPUT;

/// Bytes of output that a self-test can look at; what is more is left out.
pub const COPY: usize = 8192;

struct Device {
    console: Console,
    /// What goes out, if a self-test wants it.
    copy: Recording<COPY>,
    /// What was typed and looked at, and not read as yet.
    kept: heapless::Vec<u8, KEPT>,
    /// How many of those were read since.
    taken: usize,
    /// Where a look puts what it finds.
    fresh: [u8; INPUT],
}

static DEVICE: OutputLock<Device, { rank::CONSOLE }> = OutputLock::new(Device {
    console: Console::new(),
    copy: Recording::off(),
    kept: heapless::Vec::new(),
    taken: 0,
    fresh: [0; INPUT],
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
    let mut device = DEVICE.lock();
    let kept = &device.kept[device.taken..];
    let count = kept.len().min(INPUT);
    input[..count].copy_from_slice(&kept[..count]);
    device.taken += count;
    if device.taken == device.kept.len() {
        device.kept.clear();
        device.taken = 0;
    }
    if count > 0 {
        return count;
    }
    let read = device.console.read(input);
    or_refused(read)
}

/// Looks whether `byte` was typed since the last read, and keeps for that what was typed
/// behind it; what was typed before it is dropped. Nothing is lost: where there is no room
/// for a whole read more, it isn't looked. Doesn't wait.
pub fn was_typed(byte: u8) -> bool {
    let mut device = DEVICE.lock();
    let Device {
        console,
        kept,
        taken,
        fresh,
        ..
    } = &mut *device;
    if KEPT - kept.len() < INPUT {
        return false;
    }
    let count = or_refused(console.read(fresh));
    let typed = &fresh[..count];
    let at = typed.iter().rposition(|&found| found == byte);
    if at.is_some() {
        kept.clear();
        *taken = 0;
    }
    // There is room, as was seen.
    let _ = kept.extend_from_slice(&typed[at.map_or(0, |at| at + 1)..]);
    at.is_some()
}

/// The bytes of a read; a refused one has none, and is counted.
fn or_refused<E>(read: Result<usize, E>) -> usize {
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
