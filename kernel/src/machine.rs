//! The machine: its configuration as the service processor reports it, and whether
//! memory is where that says.
//!
//! Memory is probed with translation still off: the last bytes must be there, and a
//! read beyond them is refused, which the boot log shows. A machine that reports more
//! than it has would otherwise fail later, somewhere in the frame allocator.

use arch::fault_safe::{self, Fault};
use arch::sclp;
use arch::sclp::information::{self, Information};
use core::cell::UnsafeCell;
use core::fmt;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use log::info;

/// Why the configuration can't be used.
pub enum Error {
    /// The service processor doesn't answer.
    Sclp(sclp::Error),
    /// Memory ends before it should.
    Memory(Fault),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Sclp(error) => write!(f, "{error}"),
            Error::Memory(fault) => write!(f, "the last bytes of memory can't be read: {fault}"),
        }
    }
}

static MEMORY_END: AtomicUsize = AtomicUsize::new(0);
static BEYOND_MEMORY: AtomicU32 = AtomicU32::new(0);

/// Asks the service processor, and probes memory. Once, on the boot CPU, before
/// translation is on.
pub fn configuration() -> Result<Information, Error> {
    struct ForBoot(UnsafeCell<information::ResponseBlock>);
    // SAFETY: C8: only this function uses it, once, on the boot CPU.
    unsafe impl Sync for ForBoot {}
    static BLOCK: ForBoot = ForBoot(UnsafeCell::new(information::response_block()));
    // SAFETY: C8: the only reference there will be.
    let information = information::read(unsafe { &mut *BLOCK.0.get() }).map_err(Error::Sclp)?;
    let end = information.memory as usize;
    info!(
        "machine: {} MiB of memory, {} CPUs",
        information.memory >> 20,
        information.cpus().len()
    );
    fault_safe::read_u64(end.wrapping_sub(8)).map_err(Error::Memory)?;
    match fault_safe::read_u64(end) {
        Ok(_) => info!("memory: goes on at {end:#x}, where it should end; not used"),
        Err(fault) => {
            info!("memory: ends where it should: {fault}");
            BEYOND_MEMORY.store(fault.code.into(), Ordering::Relaxed);
        }
    }
    MEMORY_END.store(end, Ordering::Relaxed);
    Ok(information)
}

/// First address beyond memory.
pub fn memory_end() -> usize {
    MEMORY_END.load(Ordering::Relaxed)
}

/// Code of the program check that a read beyond memory ended in, at boot; 0 if it
/// didn't.
pub fn check_beyond_memory() -> u32 {
    BEYOND_MEMORY.load(Ordering::Relaxed)
}
