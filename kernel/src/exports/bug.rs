//! linux/bug.h, and panic: what must not be, with its place.

use super::sprintf;
use crate::backtrace::Address;
use crate::continuation::{self, Text};
use crate::panic;
use crate::warning;
use arch::backtrace::{Step, Walk};
use arch::stack;
use arch::variadic::VaList;
use core::ffi::CStr;
use core::fmt::Write;

// SAFETY: C12: each target takes the fixed arguments and the list.
arch::variadic!(unsafe "warn_slowpath_fmt", fixed: 4, list: "6", warn_slowpath);
arch::variadic!(unsafe "panic", fixed: 1, list: "3", panic_with);

unsafe extern "C" {
    fn warn_slowpath_fmt();
    #[link_name = "panic"]
    fn c_panic();
}

module_api::export_symbol!(warn_slowpath_fmt(), __bug(_, _), dump_stack());
// Rust's own name for it is taken.
module_api::export_symbol!("panic": c_panic());

/// What a format and its arguments say, as text without its last line end.
///
/// # Safety
/// As for [`sprintf::format`].
unsafe fn formatted(pattern: *const u8, list: *mut VaList) -> Text {
    let mut text = Text::new();
    // SAFETY: L7: the caller's promise.
    unsafe { sprintf::format(&mut text, pattern, list) };
    text
}

/// As much of a text as is UTF-8.
fn as_str(text: &Text) -> &str {
    let valid = text.as_bytes().utf8_chunks().next();
    valid.map_or("", |chunk| chunk.valid()).trim_end()
}

/// # Safety
/// `file` ends with NUL.
unsafe fn text_of<'a>(file: *const u8) -> &'a str {
    // SAFETY: L7: the caller's promise.
    unsafe { CStr::from_ptr(file.cast()) }
        .to_str()
        .unwrap_or("?")
}

/// The target of `warn_slowpath_fmt(file, line, taint, format, ...)`; a null format
/// says nothing more.
unsafe extern "C" fn warn_slowpath(
    file: *const u8,
    line: i32,
    _taint: u32,
    pattern: *const u8,
    list: *mut VaList,
) {
    // SAFETY: L7: bug.h passes __FILE__.
    let file = unsafe { text_of(file) };
    // The first step leads to the variadic entry, the second to its caller.
    let mut walk = Walk::from(stack::pointer());
    walk.next();
    #[expect(clippy::disallowed_methods, reason = "a walk owns no memory")]
    let caller = walk.clone().find_map(|step| match step {
        Step::Return(address) => Some(Address(address)),
        Step::Interrupted(_) => None,
    });
    let caller = caller.unwrap_or(Address(0));
    warning::print(format_args!("at {file}:{line} {caller}"));
    if !pattern.is_null() {
        // SAFETY: L7: a format and what it asks for.
        let text = unsafe { formatted(pattern, list) };
        continuation::lines(warning::LEVEL, format_args!("{}", as_str(&text)));
    }
    backtrace(walk);
}

fn backtrace(walk: Walk) {
    continuation::lines(warning::LEVEL, format_args!("Call trace:"));
    for step in walk {
        let (Step::Return(address) | Step::Interrupted(address)) = step;
        continuation::lines(warning::LEVEL, format_args!(" {}", Address(address)));
    }
}

/// Prints who called whom.
#[unsafe(no_mangle)]
extern "C" fn dump_stack() {
    backtrace(Walk::from(stack::pointer()));
}

/// BUG(): ends the run.
#[unsafe(no_mangle)]
unsafe extern "C" fn __bug(file: *const u8, line: i32) -> ! {
    let mut text = Text::new();
    // SAFETY: L7: bug.h passes __FILE__.
    let file = unsafe { text_of(file) };
    // A Text takes all that it has room for.
    let _ = write!(text, "kernel BUG at {file}:{line}");
    panic::module(as_str(&text))
}

/// The target of `panic(format, ...)`.
unsafe extern "C" fn panic_with(pattern: *const u8, list: *mut VaList) -> ! {
    // SAFETY: L7: a format and what it asks for.
    let text = unsafe { formatted(pattern, list) };
    panic::module(as_str(&text))
}
