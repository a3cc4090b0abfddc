//! A public static in `.data..percpu` with a mangled name: how it is reached is decided
//! far from this text. In a `lib` it is global and goes through the global offset
//! table; in a `staticlib`, whose users know no mangled names, it is hidden, and LLVM
//! takes it for its own, by `larl`.
#![no_std]

use core::cell::UnsafeCell;
use module_api::module_information;

module_information!(NAME, "name=", env!("LESSON"));
module_information!(LICENSE, "license=", "MIT");
module_information!(VERSION, "vermagic=", module_api::ABI_STAMP);

/// A per-CPU variable's storage.
#[repr(transparent)]
pub struct Storage(UnsafeCell<u64>);

// SAFETY: P3: only copies are accessed, each by its own CPU.
unsafe impl Sync for Storage {}

/// The variable.
#[unsafe(link_section = ".data..percpu")]
pub static HITS: Storage = Storage(UnsafeCell::new(0));

/// The handle, from memory: no instruction's reach has a part in it.
#[used]
static HANDLE: &Storage = &HITS;

/// The running CPU's copy.
#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn mine() -> *mut u64 {
    HITS.0.get().wrapping_byte_add(module_api::offset())
}

/// Counts; an error if the copy isn't the one that the handle leads to.
#[unsafe(no_mangle)]
extern "C" fn init_module() -> i32 {
    let copy = mine();
    // SAFETY: P1: handle and offset make this CPU's copy, which nothing else uses.
    let (count, handle) = unsafe {
        copy.write(copy.read() + 1);
        (copy.read(), (&raw const HANDLE).read_volatile())
    };
    let expected = handle.0.get().wrapping_byte_add(module_api::offset());
    if copy != expected || count != 1 {
        return -module_api::errno::EIO;
    }
    module_api::print_text(concat!(
        "lesson ",
        env!("LESSON"),
        ": the handle is reached, and this CPU's copy counts 1"
    ));
    0
}

/// Nothing is left to do.
#[unsafe(no_mangle)]
extern "C" fn cleanup_module() {}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
