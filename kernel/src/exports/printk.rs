//! linux/printk.h: lines on the log.

use crate::continuation::{self, Text};
use arch::variadic::VaList;

// SAFETY: C12: the target takes the fixed argument and the list.
arch::variadic!(unsafe "_printk", fixed: 1, list: "3", vprintk);

unsafe extern "C" {
    fn _printk();
}

module_api::export_symbol!(_printk(), vprintk(_, _));

/// printk; returns the length of the text without its level.
#[unsafe(no_mangle)]
unsafe extern "C" fn vprintk(pattern: *const u8, list: *mut VaList) -> i32 {
    let mut text = Text::new();
    // SAFETY: L7: the caller passes what C's vprintk takes.
    let length = unsafe { super::sprintf::format(&mut text, pattern, list) };
    continuation::print(&text);
    let level = if text.as_bytes().first() == Some(&1) {
        2
    } else {
        0
    };
    i32::try_from(length - level).unwrap_or(i32::MAX)
}
