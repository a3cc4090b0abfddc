//! linux/kernel.h: text in buffers, by printf's formats; and numbers out of text, by scanf's.

use crate::backtrace;
use arch::fault_safe;
use arch::variadic::VaList;
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicU64, Ordering};
use printf::{Arguments, Found, Pointer, Sink, Size};

// SAFETY: C12: each target takes the fixed arguments and the list.
arch::variadic!(unsafe "snprintf", fixed: 3, list: "5", vsnprintf);
arch::variadic!(unsafe "scnprintf", fixed: 3, list: "5", vscnprintf);
arch::variadic!(unsafe "sprintf", fixed: 2, list: "4", vsprintf);
// SAFETY: C12: as above.
arch::variadic!(unsafe "sscanf", fixed: 2, list: "4", vsscanf);

unsafe extern "C" {
    fn snprintf();
    fn scnprintf();
    fn sprintf();
    fn sscanf();
}

module_api::export_symbol!(
    sprintf(),
    vsprintf(_, _, _),
    snprintf(),
    vsnprintf(_, _, _, _),
    scnprintf(),
    vscnprintf(_, _, _, _),
    sscanf(),
    vsscanf(_, _, _),
);

/// Whether `%p` shows addresses as they are, for who asks: never.
#[unsafe(export_name = "no_hash_pointers")]
static NO_HASH_POINTERS: bool = false;

module_api::export_symbol!("no_hash_pointers": static NO_HASH_POINTERS: bool);

/// A buffer of the caller's, for text and a NUL.
struct Buffer {
    start: *mut u8,
    size: usize,
    used: usize,
}

impl Sink for Buffer {
    fn put(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if self.used + 1 < self.size {
                // SAFETY: L7: `size` bytes at `start` are the caller's own.
                unsafe { self.start.add(self.used).write(byte) };
            }
            self.used += 1;
        }
    }
}

/// The arguments of a C call.
struct Passed(*mut VaList);

impl Arguments for Passed {
    fn word(&mut self) -> u64 {
        // SAFETY: L7: a module calls by the function's type: the format and the
        // arguments agree, which its compiler checks (attribute format).
        unsafe { (*self.0).next() }
    }

    fn string(&mut self, address: u64, limit: usize, take: &mut dyn FnMut(&[u8])) {
        let start = core::ptr::with_exposed_provenance::<u8>(address as usize);
        for at in 0..limit {
            // SAFETY: L7: the argument of %s points to a string that ends with NUL, or
            // has as many bytes as the precision says.
            let byte = unsafe { start.add(at).read() };
            if byte == 0 {
                break;
            }
            take(&[byte]);
        }
    }

    fn bytes(&mut self, address: u64, into: &mut [u8]) -> bool {
        fault_safe::read_bytes(address as usize, into).is_ok()
    }

    fn pointer(&mut self, pointer: Pointer, address: u64, take: &mut dyn FnMut(&[u8])) {
        let mut writer = Taker(take);
        let written = match pointer {
            Pointer::SymbolOffset => backtrace::write(&mut writer, address, true),
            Pointer::Symbol => backtrace::write(&mut writer, address, false),
            _ => write!(writer, "{:016x}", hash(address)),
        };
        // A taker takes all.
        debug_assert!(written.is_ok());
    }
}

struct Taker<'a>(&'a mut dyn FnMut(&[u8]));

impl Write for Taker<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        (self.0)(text.as_bytes());
        Ok(())
    }
}

/// 32 bits that distinguish an address from others for as long as the machine runs,
/// and from which nobody learns it (splitmix64, keyed by the clock).
fn hash(address: u64) -> u64 {
    static KEY: AtomicU64 = AtomicU64::new(0);
    // Whoever is first decides; the error is the key that is there.
    let fresh = arch::timer::now() | 1;
    let key = match KEY.compare_exchange(0, fresh, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => fresh,
        Err(key) => key,
    };
    let mut mixed = address ^ key;
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ mixed >> 31) & 0xffff_ffff
}

/// Formats into a sink; returns the length of the text.
///
/// # Safety
/// `format` ends with NUL, and the list holds what it asks for.
pub unsafe fn format(sink: &mut dyn Sink, format: *const u8, list: *mut VaList) -> usize {
    // SAFETY: L7: the caller's promise.
    let format = unsafe { core::ffi::CStr::from_ptr(format.cast()) };
    printf::format(sink, format.to_bytes(), &mut Passed(list))
}

/// Writes at most `size` bytes, the last a NUL; returns the length of the whole text.
#[unsafe(no_mangle)]
unsafe extern "C" fn vsnprintf(
    start: *mut u8,
    size: usize,
    pattern: *const u8,
    list: *mut VaList,
) -> i32 {
    let used = 0;
    let mut buffer = Buffer { start, size, used };
    // SAFETY: L7: the caller passes what C's vsnprintf takes.
    let length = unsafe { format(&mut buffer, pattern, list) };
    if size > 0 {
        let end = length.min(size - 1);
        // SAFETY: L7: inside the buffer.
        unsafe { start.add(end).write(0) };
    }
    i32::try_from(length).unwrap_or(i32::MAX)
}

/// Writes at most `size` bytes, the last a NUL, as `vsnprintf` does; returns the length of
/// what was written, without the NUL.
#[unsafe(no_mangle)]
unsafe extern "C" fn vscnprintf(
    start: *mut u8,
    size: usize,
    pattern: *const u8,
    list: *mut VaList,
) -> i32 {
    // SAFETY: L7: the caller passes what C's vscnprintf takes.
    let length = unsafe { vsnprintf(start, size, pattern, list) };
    length.min(i32::try_from(size.saturating_sub(1)).unwrap_or(i32::MAX))
}

/// Writes text and a NUL to a buffer that is large enough, which the caller answers for;
/// returns the text's length.
#[unsafe(no_mangle)]
unsafe extern "C" fn vsprintf(start: *mut u8, pattern: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: L7: the buffer is large enough. No buffer is larger than an int can say.
    unsafe { vsnprintf(start, i32::MAX as usize, pattern, list) }
}

/// Puts what a text has, by a format, where the arguments point; returns how many were found,
/// those of `%n` not counted.
#[unsafe(no_mangle)]
unsafe extern "C" fn vsscanf(text: *const u8, pattern: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: L7: strings that end with NUL.
    let [text, pattern] =
        unsafe { [text, pattern].map(|text| core::ffi::CStr::from_ptr(text.cast()).to_bytes()) };
    let count = printf::scan(text, pattern, &mut |found| {
        // SAFETY: L7: the format and the arguments agree, which the module's compiler checks
        // (attribute format): each points to what has room for what is found.
        unsafe {
            let place = core::ptr::with_exposed_provenance_mut::<u8>((*list).next() as usize);
            match found {
                Found::Number(value, Size::One) => place.write(value as u8),
                Found::Number(value, Size::Two) => place.cast::<u16>().write(value as u16),
                Found::Number(value, Size::Four) => place.cast::<u32>().write(value as u32),
                Found::Number(value, Size::Eight) => place.cast::<u64>().write(value),
                Found::Bytes(bytes) => place.copy_from(bytes.as_ptr(), bytes.len()),
                Found::Text(text) => {
                    place.copy_from(text.as_ptr(), text.len());
                    place.add(text.len()).write(0);
                }
            }
        }
    });
    count as i32
}
