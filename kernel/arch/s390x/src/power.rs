//! The two ways a run ends.
//!
//! Both load a disabled wait PSW, which a CPU never leaves. QEMU ends when its
//! last CPU waits so: address 0xfff is a request to power off, any other is a
//! crash of the guest. The kernel stops the other CPUs first (`sigp::stop`).

use crate::psw::Psw;
use core::arch::asm;

/// Address in the disabled wait PSW of a crashed kernel.
const CRASH: u64 = 0xbad;

/// Powers the machine off. The other CPUs must be stopped.
pub fn off() -> ! {
    load(&Psw::disabled_wait(Psw::POWER_OFF))
}

/// Ends in a disabled wait that means a crash. The other CPUs must be stopped.
pub fn crash() -> ! {
    load(&Psw::disabled_wait(CRASH))
}

/// Ends in a disabled wait at an address of its own; to QEMU a crash like [`crash`], but
/// for that of [`off`]. The other CPUs must be stopped.
pub fn disabled_wait(address: u64) -> ! {
    load(&Psw::disabled_wait(address))
}

fn load(psw: &Psw) -> ! {
    // SAFETY: C11: a CPU that runs nothing any more changes nothing.
    unsafe { asm!("lpswe 0({})", in(reg_addr) psw, options(noreturn)) }
}
