//! Lines on the kernel's log, put together on the stack.

use core::fmt::{self, Write};

unsafe extern "C" {
    fn kernel_print(level: u32, text: *const u8, length: usize);
    fn module_panic(text: *const u8, length: usize) -> !;
}

/// The level of ordinary information.
const INFORMATION: u32 = 3;

/// Bytes of a line; what is longer is cut.
const LINE: usize = 256;

struct Line {
    bytes: [u8; LINE],
    used: usize,
}

impl Line {
    fn of(text: fmt::Arguments<'_>) -> Self {
        let mut line = Self {
            bytes: [0; LINE],
            used: 0,
        };
        // An error means that the line was cut.
        let _ = line.write_fmt(text);
        line
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            let end = self.used + character.len_utf8();
            let place = self.bytes.get_mut(self.used..end).ok_or(fmt::Error)?;
            character.encode_utf8(place);
            self.used = end;
        }
        Ok(())
    }
}

/// Prints a line at the level of ordinary information; `print!` calls it.
pub fn print_line(text: fmt::Arguments<'_>) {
    let line = Line::of(text);
    // SAFETY: the bytes are UTF-8 and live until the call ends.
    unsafe { kernel_print(INFORMATION, line.bytes.as_ptr(), line.used) }
}

/// Prints a line that needs no putting together.
#[inline]
pub fn print_text(text: &str) {
    // SAFETY: the bytes are UTF-8 and live until the call ends.
    unsafe { kernel_print(INFORMATION, text.as_ptr(), text.len()) }
}

/// Ends the run because of a panic in a module.
pub fn report_panic(module: &str, info: &core::panic::PanicInfo<'_>) -> ! {
    let line = match info.location() {
        Some(location) => Line::of(format_args!(
            "module {module}: {}, at {location}",
            info.message()
        )),
        None => Line::of(format_args!("module {module}: {}", info.message())),
    };
    // SAFETY: as above.
    unsafe { module_panic(line.bytes.as_ptr(), line.used) }
}

/// Prints one line on the kernel's log.
#[macro_export]
macro_rules! print {
    ($($text:tt)*) => { $crate::print_line(::core::format_args!($($text)*)) };
}
