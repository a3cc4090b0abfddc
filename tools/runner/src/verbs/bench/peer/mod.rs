//! Both systems on the same work, in the same machine.
//!
//! ```text
//!  tools/debian.sh ──debian.rs──► kernel, headers, kbuild, make of Debian's Linux 6.1
//!                                       │
//!  tools/peer/linux_bench.c ──┬─modules.rs──► .ko for Linux ─┐
//!  generated.rs ──────────────┤                              ├─linux.rs──► Linux's figures
//!  tools/peer/init.c ─────────│──────────────────────────────┘
//!                             └──ours.rs─────────────────────────────────► ours
//! ```
//!
//! `files.rs`: where what is made lies, and the work.

mod debian;
mod files;
mod linux;
mod modules;
mod ours;

use super::comparison::Comparison;
use crate::build::Guest;
use crate::build::toolchain;
use crate::error::Error;
use crate::options::Options;
use crate::options::memory_size::Memory;

/// CPUs of both, unless others are asked for: those that goals are set for.
const CPUS: u32 = 4;

/// Measures both.
///
/// # Errors
/// If a row can't be measured on either side.
pub fn measure(guest: &Guest, options: &Options) -> Result<Comparison, Error> {
    let linux = debian::fetch()?;
    let options = Options {
        cpus: options.cpus.or(Some(CPUS)),
        memory: options.memory.or(Some(Memory::GIBIBYTE)),
        ..options.clone()
    };
    let large = files::large_batch(&files::folder("work")?)?;
    let comparison = Comparison {
        of: format!(
            "Linux {}; {}; {} CPUs, {}",
            linux.version,
            toolchain::compiler()?,
            options.cpus(),
            options.memory()
        ),
        ours: ours::measure(guest, &options, &large)?,
        linux: linux::measure(&linux, &options)?,
    };
    match comparison.missing().as_slice() {
        [] => Ok(comparison),
        missing => Err(Error::Peer {
            message: format!("no figure of {}", missing.join(", ")),
        }),
    }
}
