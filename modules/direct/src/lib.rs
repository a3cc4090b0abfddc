//! What the GOT slot is for: a static per-CPU variable addressed directly.
//!
//! `larl` forms the handle from the instruction's own address: R_390_PC32DBL,
//! 32 bits of halfwords, +-4 GiB. Far from the per-CPU area the loader must refuse
//! this module; with `vmalloc=near` it loads and works. It is the disassembly of
//! the mail:
//!
//! ```text
//!  lg    %r3,816
//!  larl  %r1,<variable>        R_390_PC32DBL .data..percpu+2
//!  lg    %r2,0(%r3,%r1)
//! ```
#![no_std]

use core::arch::asm;
use module_api::{Handle, Storage, Template, Variable, export, module};

module! {
    description: "Addresses its per-CPU variable with larl; loads only when near",
    license: "MIT",
    init: init,
    exit: exit,
}

#[unsafe(link_section = ".data..percpu")]
static DIRECT: Template<u64> = Template::new(0);

/// The variable, by its address instead of a slot.
struct Direct;

// SAFETY: P9: the storage is in the template, and its address the handle.
unsafe impl Storage for Direct {
    type Value = u64;

    #[inline(always)]
    fn handle(&self) -> Handle<u64> {
        let handle: usize;
        // SAFETY: P9: the address of storage in the template is its handle.
        unsafe {
            asm!(
                "larl {}, {}", out(reg) handle, sym DIRECT,
                options(pure, nomem, nostack, preserves_flags),
            );
            Handle::new(handle)
        }
    }
}

fn init() -> Result<(), i32> {
    Ok(())
}

fn exit() {}

export! {
    /// Counts a hit on the running CPU.
    extern "C" fn hit() {
        Direct.inc();
    }

    /// Hits on a CPU; 0 for a CPU that doesn't exist.
    extern "C" fn hits(cpu: u32) -> u64 {
        Direct.on(cpu).map_or(0, |copy| copy.read())
    }
}
