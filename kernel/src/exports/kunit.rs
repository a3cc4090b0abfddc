//! kunit/test.h: results of a module's test cases, for the control channel. What people read
//! of them the module prints itself.

use crate::control::{self, TestResult};
use core::ffi::CStr;

module_api::export_symbol!(kunit_report(_, _, _, _));

/// The text of a C string, up to the first byte that isn't UTF-8.
///
/// # Safety
/// `text` ends with NUL, or is null, which is no text.
unsafe fn text_of<'a>(text: *const u8) -> &'a str {
    if text.is_null() {
        return "";
    }
    // SAFETY: L7: the caller's promise.
    let bytes = unsafe { CStr::from_ptr(text.cast()) }.to_bytes();
    let valid = bytes.utf8_chunks().next();
    valid.map_or("", |chunk| chunk.valid())
}

/// Reports a test case: status 0 is passed, 2 skipped, any other failed. In any context.
#[unsafe(no_mangle)]
unsafe extern "C" fn kunit_report(
    suite: *const u8,
    test: *const u8,
    status: i32,
    reason: *const u8,
) {
    // SAFETY: L7: strings that end with NUL.
    let (suite, test, reason) = unsafe { (text_of(suite), text_of(test), text_of(reason)) };
    let result = match status {
        0 => TestResult::Passed,
        2 => TestResult::Skipped(reason),
        _ => TestResult::Failed(reason),
    };
    control::subtest(suite, test, result);
}
