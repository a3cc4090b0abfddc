//! linux/bug.h, and panic: what must not be, with its place.

use super::sprintf;
use crate::backtrace::Address;
use crate::continuation;
use crate::panic;
use arch::backtrace::{Step, Walk};
use arch::stack;
use arch::variadic::VaList;
use core::ffi::CStr;
use core::fmt::Write;
use printf::Sink;

// SAFETY: C12: each target takes the fixed arguments and the list.
arch::variadic!(unsafe "warn_slowpath_fmt", fixed: 4, list: "6", warn);
arch::variadic!(unsafe "panic", fixed: 1, list: "3", panic_with);

unsafe extern "C" {
    fn warn_slowpath_fmt();
    #[link_name = "panic"]
    fn c_panic();
}

module_api::export_symbol!(warn_slowpath_fmt(), __bug(_, _), dump_stack());
// Rust's own name for it is taken.
module_api::export_symbol!("panic": c_panic());

/// Level of a warning.
const WARNING: u8 = 4;

struct Line(heapless::Vec<u8, 256>);

impl Sink for Line {
    fn put(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            // What is longer is cut.
            let _ = self.0.push(byte);
        }
    }
}

impl Line {
    /// # Safety
    /// As for [`sprintf::format`].
    unsafe fn format(pattern: *const u8, list: *mut VaList) -> Self {
        let mut line = Self(heapless::Vec::new());
        // SAFETY: the caller's promise.
        unsafe { sprintf::format(&mut line, pattern, list) };
        line
    }

    fn as_str(&self) -> &str {
        let valid = self.0.utf8_chunks().next();
        valid.map_or("", |chunk| chunk.valid()).trim_end()
    }
}

/// # Safety
/// `file` ends with NUL.
unsafe fn text_of<'a>(file: *const u8) -> &'a str {
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(file.cast()) }
        .to_str()
        .unwrap_or("?")
}

/// The target of `warn_slowpath_fmt(file, line, taint, format, ...)`; a null format
/// says nothing more.
unsafe extern "C" fn warn(
    file: *const u8,
    line: i32,
    _taint: u32,
    pattern: *const u8,
    list: *mut VaList,
) {
    // SAFETY: L3: bug.h passes __FILE__.
    let file = unsafe { text_of(file) };
    // The first step leads to the variadic entry, the second to its caller.
    let mut walk = Walk::from(stack::pointer());
    walk.next();
    let caller = walk.clone().find_map(|step| match step {
        Step::Return(address) => Some(Address(address)),
        Step::Interrupted(_) => None,
    });
    let cpu = arch::cpu::number();
    let caller = caller.unwrap_or(Address(0));
    continuation::lines(
        WARNING,
        format_args!("WARNING: CPU: {cpu} at {file}:{line} {caller}"),
    );
    if !pattern.is_null() {
        // SAFETY: L3: a format and what it asks for.
        let text = unsafe { Line::format(pattern, list) };
        continuation::lines(WARNING, format_args!("{}", text.as_str()));
    }
    backtrace(walk);
}

fn backtrace(walk: Walk) {
    continuation::lines(WARNING, format_args!("Call trace:"));
    for step in walk {
        let (Step::Return(address) | Step::Interrupted(address)) = step;
        continuation::lines(WARNING, format_args!(" {}", Address(address)));
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
    let mut text = heapless::String::<256>::new();
    // SAFETY: L3: bug.h passes __FILE__.
    let file = unsafe { text_of(file) };
    // What is longer is cut.
    let _ = write!(text, "kernel BUG at {file}:{line}");
    panic::module(&text)
}

/// The target of `panic(format, ...)`.
unsafe extern "C" fn panic_with(pattern: *const u8, list: *mut VaList) -> ! {
    // SAFETY: L3: a format and what it asks for.
    let text = unsafe { Line::format(pattern, list) };
    panic::module(text.as_str())
}
