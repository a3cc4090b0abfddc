//! The machine: its configuration as the service processor reports it, and where its
//! memory ends.
//!
//! The end is probed with translation still off: below it reads succeed, from it on they
//! are refused. What the service processor reports is checked against that; where it has
//! no room in its answer to report it, the probe is all there is. A machine that reports
//! more than it has would otherwise fail later, somewhere in the frame allocator.
//!
//! ```text
//!  first read:   1 MiB, then twice as far each time, until one is refused
//!  then:         the middle between the last that succeeded and the first refused
//! ```

use arch::fault_safe::{self, Fault};
use arch::sclp;
use arch::sclp::information::{self, CpuList, ResponseBlock};
use core::cell::UnsafeCell;
use core::fmt;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use log::info;

/// The machine's CPUs and memory.
pub struct Machine {
    /// The CPUs.
    pub cpus: CpuList,
    /// First address beyond memory, which begins at 0.
    pub memory_end: usize,
}

/// Why the configuration can't be used.
pub enum Error {
    /// The service processor doesn't answer.
    Sclp(sclp::Error),
    /// Memory ends before it should.
    Memory {
        /// Where it should end.
        reported: usize,
        /// The first read that was refused.
        fault: Fault,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Sclp(error) => write!(f, "{error}"),
            Error::Memory { reported, fault } => {
                write!(f, "memory should end at {reported:#x}: {fault}")
            }
        }
    }
}

static MEMORY_END: AtomicUsize = AtomicUsize::new(0);
static BEYOND_MEMORY: AtomicU32 = AtomicU32::new(0);

/// Asks the service processor, and probes memory. Once, on the boot CPU, before
/// translation is on.
pub fn configuration() -> Result<Machine, Error> {
    struct ForBoot(UnsafeCell<ResponseBlock>);
    // SAFETY: C8: only this function uses it, once, on the boot CPU.
    unsafe impl Sync for ForBoot {}
    static BLOCK: ForBoot = ForBoot(UnsafeCell::new(information::response_block()));
    // SAFETY: C8: the only reference there will be.
    let information = information::read(unsafe { &mut *BLOCK.0.get() }).map_err(Error::Sclp)?;
    let cpus = information.cpus;
    let fault = first_refused();
    BEYOND_MEMORY.store(fault.code.into(), Ordering::Relaxed);
    let memory_end = match information.memory {
        None => {
            let count = cpus.addresses().len();
            info!(
                "machine: {count} CPUs leave no room to report memory; probed, it ends at {:#x}",
                fault.address
            );
            fault.address
        }
        Some(reported) => {
            let reported = reported as usize;
            if fault.address < reported {
                return Err(Error::Memory { reported, fault });
            }
            if fault.address > reported {
                info!("memory: goes on at {reported:#x}, where it should end; not used");
            }
            reported
        }
    };
    info!(
        "machine: {} MiB of memory, {} CPUs; beyond: {fault}",
        memory_end >> 20,
        cpus.addresses().len()
    );
    MEMORY_END.store(memory_end, Ordering::Relaxed);
    Ok(Machine { cpus, memory_end })
}

/// The first read that is refused, at a whole MiB: memory is one range from 0 on, in
/// units of a MiB at least.
fn first_refused() -> Fault {
    /// No memory is larger; a machine that refuses nothing ends here.
    const LIMIT: usize = 1 << 52;
    const MEBIBYTE: usize = 1 << 20;
    let mut good = 0;
    let mut next = MEBIBYTE;
    let mut refused = Fault {
        address: LIMIT,
        access: arch::traps::Access::Fetch,
        code: 0,
    };
    while next < refused.address {
        match fault_safe::read_u64(next) {
            Ok(_) => good = next,
            Err(fault) => refused = fault,
        }
        let beyond = refused.address - good;
        next = good
            + (beyond / 2)
                .next_multiple_of(MEBIBYTE)
                .min(good.max(MEBIBYTE));
    }
    refused
}

/// First address beyond memory.
pub fn memory_end() -> usize {
    MEMORY_END.load(Ordering::Relaxed)
}

/// Code of the program check that a read beyond memory ended in, at boot.
pub fn check_beyond_memory() -> u32 {
    BEYOND_MEMORY.load(Ordering::Relaxed)
}
