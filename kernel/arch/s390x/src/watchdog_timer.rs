//! The machine's watchdog timer: a CPU that lets it run out has a restart interruption,
//! whatever it does and admits.
//!
//! DIAGNOSE 0x288, of z/VM and QEMU (`-device diag288`; what happens at the end is
//! QEMU's `-action watchdog=inject-nmi`). A machine without the timer refuses it by a
//! program check.

use crate::traps::exception_table_entry;
use core::arch::asm;

/// The shortest time that it takes, in seconds.
pub const SHORTEST: u64 = 15;

/// Sets the timer, anew if it runs, to `seconds`, [`SHORTEST`] at least; returns whether
/// the machine has it.
pub fn set(seconds: u64) -> bool {
    /// Function code; the action of a machine that isn't z/VM is 0.
    const INIT: u64 = 0;
    const ACTION: u64 = 0;
    let mut code = 0u64;
    // SAFETY: C9: DIAGNOSE has an entry, goes on behind itself, and changes nothing else of
    // this CPU's than the condition code; register 0 is named.
    unsafe {
        asm!(
            "2: diag %r2, %r4, 0x288",
            "3:",
            exception_table_entry!("2b", "3b"),
            in("r2") INIT,
            in("r3") seconds,
            in("r4") ACTION,
            inout("r0") code,
            options(nostack),
        );
    }
    code == 0
}
