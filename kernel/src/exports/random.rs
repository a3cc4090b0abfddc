//! linux/random.h: numbers for tests and choices, none for keys.

use core::sync::atomic::{AtomicU64, Ordering};

module_api::export_symbol!(get_random_bytes(_, _));

/// What the next number is mixed from: a count whose start the clock decides (Steele, Lea,
/// Flood: Fast Splittable Pseudorandom Number Generators, SplitMix64).
static STATE: AtomicU64 = AtomicU64::new(0);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

fn next() -> u64 {
    let count = STATE.fetch_add(STEP, Ordering::Relaxed);
    let mut mixed = count ^ arch::timer::now();
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// Fills so many bytes. In any context.
#[unsafe(no_mangle)]
unsafe extern "C" fn get_random_bytes(buffer: *mut u8, bytes: usize) {
    for start in (0..bytes).step_by(8) {
        let some = next().to_be_bytes();
        let count = (bytes - start).min(8);
        // SAFETY: L7: `bytes` bytes at `buffer` are the caller's own.
        unsafe {
            buffer
                .add(start)
                .copy_from_nonoverlapping(some.as_ptr(), count);
        }
    }
}
