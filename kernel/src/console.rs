//! The console, by whole lines, and the `log` crate's logger on top.
//!
//! A line is put together in a buffer and written under one lock, so lines of
//! several CPUs don't mix. A panic takes the console from whoever holds it.

use crate::sync::{OutputLock, rank};
use arch::sclp::console::{Console, INPUT};
use arch::timer;
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicU64, Ordering};
use log::{Level, LevelFilter, Metadata, Record};

static CONSOLE: OutputLock<Output, { rank::CONSOLE }> = OutputLock::new(Output {
    console: Console::new(),
    line: Line::new(),
    lost: 0,
});

static BOOT_TIME: AtomicU64 = AtomicU64::new(0);

struct Output {
    console: Console,
    line: Line,
    /// Writes that the service processor refused.
    lost: u64,
}

/// Bytes in the line buffer; a longer line goes out in several writes.
const LINE: usize = 1024;

struct Line {
    bytes: [u8; LINE],
    used: usize,
}

impl Line {
    const fn new() -> Self {
        Self {
            bytes: [0; LINE],
            used: 0,
        }
    }
}

impl Output {
    fn flush(&mut self) {
        let used = core::mem::take(&mut self.line.used);
        if self.console.write(&self.line.bytes[..used]).is_err() {
            // There is nowhere else to say so; the count is shown by `meminfo`.
            self.lost += 1;
        }
    }
}

impl Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for &byte in text.as_bytes() {
            if self.line.used == LINE {
                self.flush();
            }
            self.line.bytes[self.line.used] = byte;
            self.line.used += 1;
        }
        Ok(())
    }
}

/// Writes one line; `println!` calls it.
pub fn print_line(text: fmt::Arguments<'_>) {
    let mut output = CONSOLE.lock();
    // Formatting into the buffer cannot fail; a Display that says it did has
    // printed what it could.
    let _ = output.write_fmt(text);
    let _ = output.write_str("\n");
    output.flush();
}

/// Prints text as it is, for a prompt and its echo.
pub fn print(text: &str) {
    let mut output = CONSOLE.lock();
    // Cannot fail, as in `print_line`.
    let _ = output.write_str(text);
    output.flush();
}

/// Prints one line on the console.
#[macro_export]
macro_rules! println {
    ($($text:tt)*) => { $crate::console::print_line(format_args!($($text)*)) };
}

/// Takes the console from whoever holds it, for a panic's report.
///
/// # Safety
/// C20: only this CPU runs from here on.
pub unsafe fn take_over() {
    // SAFETY: C20: the caller's promise.
    unsafe { CONSOLE.take_over() };
}

/// Writes that the console lost.
pub fn lost() -> u64 {
    CONSOLE.lock().lost
}

/// Reads typed bytes, if there are any. `input` is called with the console locked,
/// the last lock in the order: it may take none, and so not allocate.
pub fn read(mut input: impl FnMut(u8)) {
    let mut bytes = [0; INPUT];
    let mut output = CONSOLE.lock();
    let Ok(count) = output.console.read(&mut bytes) else {
        output.lost += 1;
        return;
    };
    drop(output);
    bytes[..count].iter().for_each(|&byte| input(byte));
}

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
        println!("[{seconds:4}.{micros:06}] {sign}{}", record.args());
    }

    fn flush(&self) {}
}

/// Installs the logger; it shows everything until `loglevel=` says otherwise.
pub fn init() {
    BOOT_TIME.store(timer::now(), Ordering::Relaxed);
    // Fails only if a logger is installed already, and this runs once.
    let _ = log::set_logger(&LOGGER);
    log::set_max_level(LevelFilter::Info);
}

/// Sets the level as Linux counts it: 0 to 2 nothing, 3 errors, 4 warnings,
/// 5 and 6 information, 7 everything.
pub fn set_level(level: u8) {
    log::set_max_level(match level {
        0..=2 => LevelFilter::Off,
        3 => LevelFilter::Error,
        4 => LevelFilter::Warn,
        5 | 6 => LevelFilter::Info,
        _ => LevelFilter::Trace,
    });
}
