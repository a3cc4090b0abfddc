//! The `log` crate's logger: lines with the time since boot.
//!
//! A level shows in words where it matters: `[   0.161728] error: ...`.

use super::print::log_line;
use arch::timer;
use core::sync::atomic::{AtomicU64, Ordering};
use log::{Level, LevelFilter, Metadata, Record};

static BOOT_TIME: AtomicU64 = AtomicU64::new(0);

/// Nanoseconds since the kernel's first instructions.
pub fn uptime() -> u64 {
    let start = BOOT_TIME.load(Ordering::Relaxed);
    timer::nanoseconds(timer::now().wrapping_sub(start))
}

struct Logger;

static LOGGER: Logger = Logger;

impl log::Log for Logger {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let uptime = uptime() / 1000;
        let (seconds, micros) = (uptime / 1_000_000, uptime % 1_000_000);
        let sign = match record.level() {
            Level::Error => "error: ",
            Level::Warn => "warning: ",
            _ => "",
        };
        log_line(format_args!(
            "[{seconds:4}.{micros:06}] {sign}{}",
            record.args()
        ));
    }

    fn flush(&self) {}
}

/// Installs the logger; it shows information and up until `loglevel=` says otherwise.
/// Once, at boot.
pub fn init() {
    BOOT_TIME.store(timer::now(), Ordering::Relaxed);
    // Fails only if a logger is installed already, and this runs once.
    let _ = log::set_logger(&LOGGER);
    log::set_max_level(LevelFilter::Info);
}

/// Sets the level as Linux counts it: 0 to 2 nothing, 3 errors, 4 warnings, 5 and 6
/// information, 7 everything.
pub fn set_level(level: u8) {
    log::set_max_level(match level {
        0..=2 => LevelFilter::Off,
        3 => LevelFilter::Error,
        4 => LevelFilter::Warn,
        5 | 6 => LevelFilter::Info,
        _ => LevelFilter::Trace,
    });
}
