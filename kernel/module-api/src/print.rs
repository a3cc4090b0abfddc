//! Lines on the kernel's log, put together on the stack.

use crate::kernel::{kernel_print, module_panic};
use core::fmt::{self, Write};

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

/// Prints `module: text` at the level of ordinary information; `print!` calls it. What
/// is longer than 256 bytes is cut.
pub fn print_line(module: &str, text: fmt::Arguments<'_>) {
    let line = Line::of(format_args!("{module}: {text}"));
    // SAFETY: L7: the bytes are UTF-8 and live until the call ends.
    unsafe { kernel_print(INFORMATION, line.bytes.as_ptr(), line.used) }
}

/// Prints a line as it is, without the module's name: nothing is put together, so it
/// needs no room on the stack.
#[inline]
pub fn print_text(text: &str) {
    // SAFETY: L7: the bytes are UTF-8 and live until the call ends.
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
    // SAFETY: L7: the bytes are UTF-8 and live until the call ends.
    unsafe { module_panic(line.bytes.as_ptr(), line.used) }
}

/// Prints one line on the kernel's log, with the package's name in front. Anywhere,
/// interrupt handlers included.
///
/// ```
/// module_api::print!("{} hits", 5); // counter: 5 hits
/// ```
#[macro_export]
macro_rules! print {
    ($($text:tt)*) => {
        $crate::print_line(env!("CARGO_PKG_NAME"), ::core::format_args!($($text)*))
    };
}
