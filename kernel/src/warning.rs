//! Warnings of what code did that it may not, and how many there were.

use crate::continuation;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};

/// printk's level of a warning.
pub const LEVEL: u8 = 4;

static COUNT: AtomicU64 = AtomicU64::new(0);

/// Prints a warning's first line, and counts it. Any context, with no lock held.
#[cold]
pub fn print(text: fmt::Arguments<'_>) {
    COUNT.fetch_add(1, Ordering::Relaxed);
    let cpu = arch::cpu::number();
    continuation::lines(LEVEL, format_args!("WARNING: CPU: {cpu} {text}"));
}

/// Warnings since boot.
pub fn count() -> u64 {
    COUNT.load(Ordering::Relaxed)
}
